"""Pages hold in a narrow window whatever is written, and run nothing that the policy forbids."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Opens
from tests.browser.writing import Writer
from tests.cast import Cast
from tests.serving import Server

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 4
CODE = "```\n" + "let a_very_long_line = of_code; " * 20 + "\n```"
TABLE = f"`{'x' * 300}`\n\n> {LONG}\n\n1. {LONG}\n   - https://example.org/{'path/' * 60}"
PATHS = ["/", "/sign-up", "/sign-in", "/posts/new", "/no-such-page"]


@pytest.mark.parametrize("width", [360, 768, 1280])
async def test_nothing_scrolls_sideways(read: Opens, server: Server, cast: Cast, width: int) -> None:
    bob = Writer(server, cast.bob)
    post = await bob.post(LONG[:120], f"{LONG}\n\n{CODE}\n\n{TABLE}")
    parent = None
    for body in [LONG, CODE, TABLE, LONG, CODE, TABLE, LONG]:
        parent = await bob.comment(post, body, parent)
    for path in [*PATHS, post["url"], f"/comments/{parent}", f"/comments/{parent}/reply"]:
        alice = await read(path, cast.alice, viewport={"width": width, "height": 740})
        await expect(alice.page.locator("html")).to_have_class("js")
        wide = await alice.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} px wide"


async def test_times_are_in_the_readers_zone(read: Opens, server: Server, cast: Cast) -> None:
    post = await Writer(server, cast.bob).post()
    tokyo = await read(post["url"], timezone_id="Asia/Tokyo")
    new_york = await read(post["url"], timezone_id="America/New_York")
    titles = [
        str(await reader.page.locator(".post time").first.get_attribute("title"))
        for reader in (tokyo, new_york)
    ]
    assert "GMT+9" in titles[0]
    assert "GMT+9" not in titles[1]
    await expect(tokyo.page.locator(".post time").first).to_have_text("just now")
