"""What Markdown becomes, as a browser reads it: it repairs what it finds, and may find more than we wrote."""

from playwright.async_api import Page

from app.markdown import TAGS, to_html
from app.mentions.syntax import Named
from tests.fuzz import texts
from tests.fuzz.markup import QUIET
from tests.fuzz.searching import some

LOOK = """(htmls) => htmls.map((html) => {
    const whole = new DOMParser().parseFromString("<div>" + html + "</div><aside></aside>", "text/html");
    const found = [...whole.querySelectorAll("div *")].flatMap((node) => [
        [node.localName, "", ""], ...[...node.attributes].map((a) => [node.localName, a.name, node[a.name] ?? ""]),
    ]);
    // What is not closed would swallow what comes after it.
    return [...found, ...(whole.querySelector("body > aside") ? [] : [["aside", "swallowed", ""]])];
})"""


async def test_a_browser_finds_nothing_in_a_text_that_acts(page: Page) -> None:
    found = await look(
        page, [to_html(text, Named({"alice": (1, "alice")})) for text in some(400, texts.short)]
    )
    assert len(found) > 500
    assert not [one for one in found if acts(*one)]


async def test_a_browser_finds_what_acts(page: Page) -> None:
    for html in (
        "<p onclick=x>",
        "<img src=x>",
        "<a href='java\nscript:x'>x</a>",
        "<textarea>",
        "<p><svg/onload=x>",
    ):
        assert [one for one in await look(page, [html]) if acts(*one)], html


async def look(page: Page, htmls: list[str]) -> list[list[str]]:
    await page.goto("/health")
    return [node for nodes in await page.evaluate(LOOK, htmls) for node in nodes]


def acts(tag: str, attribute: str, value: str) -> bool:
    harmless = tag in TAGS and (not attribute or attribute in QUIET)
    leads_away = attribute == "href" and not str(value).startswith(("http:", "https:", "mailto:"))
    return not harmless or leads_away
