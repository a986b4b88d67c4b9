"""A token made by hand: copied with JavaScript, selected without."""

import re

import pytest
from playwright.async_api import Browser

from tests.cast import Cast
from tests.serving import Server

TOKEN = re.compile(r"hub_[A-Za-z0-9_-]{43}")


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_token_is_made_taken_away_and_not_seen_again(
    browser: Browser, server: Server, cast: Cast, *, scripts: bool
) -> None:
    context = await browser.new_context(base_url=server.url, java_script_enabled=scripts)
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    await context.add_cookies([{"name": "hubbub_session", "value": cast.alice.token, "url": server.url}])
    page = await context.new_page()
    await page.goto("/settings/tokens")
    await page.get_by_label("Name").fill("My reader")
    await page.get_by_label("Write").check()
    await page.get_by_role("button", name="Make token").click()
    made = await page.locator(".token-text code").text_content()
    assert made
    assert TOKEN.fullmatch(made)
    if scripts:
        await page.get_by_role("button", name="Copy").click()
        await page.get_by_role("button", name="Copied").wait_for()
        assert await page.evaluate("navigator.clipboard.readText()") == made
    else:
        assert await page.get_by_role("button", name="Copy").count() == 0
    await page.reload()
    assert made not in await page.content()
    await page.get_by_role("button", name="Revoke My reader").click()
    await page.get_by_text("You have none.").wait_for()
    await context.close()


async def test_where_a_page_may_not_copy_the_token_is_selected(
    browser: Browser, server: Server, cast: Cast
) -> None:
    context = await browser.new_context(base_url=server.url)
    await context.add_init_script(
        "navigator.clipboard.writeText = () => Promise.reject(new DOMException('No', 'NotAllowedError'))"
    )
    await context.add_cookies([{"name": "hubbub_session", "value": cast.alice.token, "url": server.url}])
    page = await context.new_page()
    await page.goto("/settings/tokens")
    await page.get_by_label("Name").fill("My reader")
    await page.get_by_role("button", name="Make token").click()
    await page.get_by_role("button", name="Copy").click()
    await page.get_by_role("button", name="Selected").wait_for()
    made = await page.locator(".token-text code").text_content()
    assert await page.evaluate("getSelection().toString()") == made
    await context.close()
