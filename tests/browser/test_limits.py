"""What somebody sees who was too quick: their words, and how they get on."""

from collections.abc import Callable

import pytest
from playwright.async_api import Page, expect

from app.database.engine import Engine
from app.database.redis import connect
from tests.browser.conftest import Opens
from tests.browser.faults import enter, faults
from tests.browser.keys import enter_text, press
from tests.cast import Cast
from tests.serving import Server


@pytest.fixture(autouse=True)
async def _start(database: Engine) -> None:
    await forget()


async def forget() -> None:
    """Redis knows nothing of who has done how much."""
    client = connect()
    await client.flushdb()
    await client.aclose()


async def used_up(serve: Callable[..., Server], cast: Cast) -> Server:
    """Where alice has posted as much as one may for now."""
    server = serve(rate_limits="on", limit_posting="1/hour")
    async with server.client(cast.alice.token) as client:
        assert (await client.post("/posts", data={"title": "The first", "body": "words"})).status_code == 303
    return server


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
async def test_a_post_that_was_too_much_is_sent_from_the_page_that_says_so(
    read: Opens, serve: Callable[..., Server], cast: Cast, scripts: bool
) -> None:
    server = await used_up(serve, cast)
    alice = await read("/posts/new", cast.alice, server, java_script_enabled=scripts)
    await alice.page.get_by_label("Title").fill("The second")
    await alice.page.get_by_label("Text").fill("Words\nof two lines")
    await alice.page.get_by_role("button", name="Publish post").click()

    await expect(alice.page.get_by_role("alert")).to_contain_text("Try again in 60 minutes.")
    await expect(alice.page.get_by_label("Text")).to_have_value("Words\nof two lines")
    if scripts:
        kept = await alice.page.evaluate("Object.values(localStorage).join()")
        assert "The second" in kept, "who leaves now finds the words where they were written"

    await forget()
    await alice.page.get_by_role("button", name="Send again").click()
    await expect(alice.page.locator("h1")).to_have_text("The second")
    await alice.page.goto("/posts/new")
    await expect(alice.page.get_by_label("Title")).to_have_value("")


async def test_axe_finds_nothing_and_the_keyboard_is_enough(
    page: Page, read: Opens, serve: Callable[..., Server], cast: Cast
) -> None:
    server = await used_up(serve, cast)
    await enter(page, server, cast.alice)
    await page.goto(f"{server.url}/posts/new")
    await page.get_by_label("Title").fill("The second")
    await page.get_by_label("Text").fill("Words")
    await page.get_by_role("button", name="Publish post").click()
    await page.get_by_role("alert").wait_for()
    assert await faults(page) == []

    alice = await read("/posts/new", cast.alice, server)
    await enter_text(alice, "Title", "The third")
    await enter_text(alice, "Text", "Words")
    await press(alice, alice.page.get_by_role("button", name="Publish post"))
    await expect(alice.page.get_by_role("alert")).to_be_visible()
    await forget()
    await press(alice, alice.page.get_by_role("button", name="Send again"))
    await expect(alice.page.locator("h1")).to_have_text("The third")
