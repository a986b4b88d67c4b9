"""A reader without a pointer: what they want is reached by Tab, and seen when it is."""

from playwright.async_api import Locator

from tests.browser.reading import Reader
from tests.waiting import eventually

MOST_TABS = 60
HAS_RING = """element => {
  if (!element.matches(":focus-visible")) return false;
  const ringed = (at) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
    return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
  };
  for (let at = element, up = 0; at && up < 4; at = at.parentElement, up += 1) if (ringed(at)) return true;
  return false;
}"""


async def tab_to(reader: Reader, target: Locator, key: str = "Tab") -> None:
    """Press Tab until the focus is there, where it must be seen."""
    for _ in range(MOST_TABS):
        if await target.evaluate("element => element === document.activeElement"):
            # An event may just have drawn it anew.
            await eventually(lambda: target.evaluate(HAS_RING), f"the focus is seen on {target}")
            return
        await reader.page.keyboard.press(key)
    where = await reader.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    raise AssertionError(f"Tab does not lead to {target}; it is at {where}")


async def press(reader: Reader, target: Locator, key: str = "Enter", *, back: bool = False) -> None:
    await tab_to(reader, target, "Shift+Tab" if back else "Tab")
    await reader.page.keyboard.press(key)


async def enter_text(reader: Reader, label: str, words: str) -> None:
    field = reader.page.get_by_label(label, exact=True).and_(reader.page.locator("input, textarea"))
    await tab_to(reader, field)
    await reader.page.keyboard.press("Control+A")
    await reader.page.keyboard.insert_text(words)


async def is_not_lost(reader: Reader) -> None:
    assert await reader.page.evaluate("document.activeElement !== document.body")
