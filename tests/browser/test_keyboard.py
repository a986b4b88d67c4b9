"""Every flow by keyboard alone: all is reached by Tab, focus is seen, and never lost."""

import re

from playwright.async_api import expect

from tests.browser.conftest import Opens
from tests.browser.keys import enter_text, is_not_lost, press, tab_to
from tests.browser.writing import Writer
from tests.cast import PASSWORD, Cast
from tests.serving import Server


async def test_the_first_tab_skips_to_the_text(read: Opens, server: Server, cast: Cast) -> None:
    await Writer(server, cast.bob).post()
    carol = await read("/")
    await carol.page.keyboard.press("Tab")
    skip = carol.page.get_by_role("link", name="Skip to the text")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await carol.page.keyboard.press("Enter")
    await expect(carol.page.locator("main")).to_be_focused()
    await carol.page.keyboard.press("Tab")
    assert await carol.page.evaluate("document.activeElement.closest('main') !== null")


async def test_one_signs_up_writes_saves_settings_and_signs_out(read: Opens, cast: Cast) -> None:
    carol = await read("/")
    page = carol.page
    await press(carol, page.locator(".site-nav").get_by_role("link", name="Sign up"))
    await page.wait_for_url(re.compile("/sign-up"))
    await enter_text(carol, "Username", "carol")
    await enter_text(carol, "Name", "Carol")
    await enter_text(carol, "Email", "carol@example.org")
    await enter_text(carol, "Password", "a very long pass phrase")
    await page.keyboard.press("Enter")
    await expect(page.locator(".site-viewer")).to_contain_text("Carol")

    await press(carol, page.locator(".site-nav").get_by_role("link", name="Write a post"))
    await enter_text(carol, "Title", "Bread for a beginner?")
    await enter_text(carol, "Text", "I have flour.")
    await press(carol, page.get_by_role("button", name="Publish post"))
    await expect(page.locator("h1")).to_have_text("Bread for a beginner?")

    await press(carol, page.get_by_role("link", name="Settings"))
    await enter_text(carol, "Name", "Carol C.")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("saved=profile"))
    await expect(page.locator(".site-viewer")).to_contain_text("Carol C.")

    await press(carol, page.locator(".site-nav").get_by_role("button", name="Sign out"))
    await expect(page.locator(".site-nav").get_by_role("link", name="Sign in")).to_be_visible()


async def test_one_signs_in(read: Opens, cast: Cast) -> None:
    alice = await read("/")
    await press(alice, alice.page.locator(".site-nav").get_by_role("link", name="Sign in"))
    await alice.page.wait_for_url(re.compile("/sign-in"))
    await enter_text(alice, "Email", cast.alice.email)
    await enter_text(alice, "Password", PASSWORD)
    await press(alice, alice.page.get_by_role("button", name="Sign in"), "Space")
    await expect(alice.page.locator(".site-viewer")).to_contain_text("Alice")


async def test_one_replies_reacts_and_folds(read: Opens, server: Server, cast: Cast) -> None:
    bob = Writer(server, cast.bob)
    post = await bob.post()
    number = await bob.comment(post, "Rye.")
    alice = await read(post["url"], cast.alice)
    await alice.is_live()
    item, keys = alice.item(number), alice.page.keyboard

    await press(alice, item.get_by_role("link", name="Reply"))
    await expect(item.get_by_label("Reply to Bob")).to_be_focused()
    await keys.press("Escape")
    await expect(item.get_by_role("link", name="Reply")).to_be_focused()
    await keys.press("Enter")
    await keys.insert_text("With seeds?")
    await press(alice, item.get_by_role("button", name="Post reply"))
    await expect(item.locator(".comment.is-own:not(.is-sending)")).to_contain_text("With seeds?")
    await expect(item.get_by_role("link", name="Reply").first).to_be_focused()

    react = item.locator("> article details.react")
    await tab_to(alice, react.locator("summary"), "Shift+Tab")
    await keys.press("Enter")
    await tab_to(alice, react.get_by_role("button", name="love"))
    await keys.press("Escape")
    await expect(react.locator("summary")).to_be_focused()
    await keys.press("Enter")
    await press(alice, react.get_by_role("button", name="love"))
    await expect(item.locator("> article .reaction")).to_have_attribute("aria-pressed", "true")
    await expect(react.locator("summary")).to_be_focused()
    await tab_to(alice, item.locator("> article .reaction"), "Shift+Tab")
    await keys.press("Space")
    await expect(item.locator("> article .reaction")).to_have_count(0)
    await expect(react.locator("summary")).to_be_focused()

    fold = item.locator("> article [data-action=fold]")
    await tab_to(alice, fold, "Shift+Tab")
    await keys.press("Enter")
    await expect(fold).to_have_attribute("aria-expanded", "false")
    await expect(fold).to_be_focused()
    await keys.press("Enter")
    await expect(item.locator(".comment")).to_be_visible()

    await tab_to(alice, alice.composer)
    await keys.insert_text("By Ctrl-Enter")
    await keys.press("Control+Enter")
    await expect(alice.comment("By Ctrl-Enter")).to_be_visible()
    await expect(alice.composer).to_be_focused()
    await keys.insert_text("By the button")
    await press(alice, alice.page.locator("#write").get_by_role("button", name="Post reply"), "Space")
    await expect(alice.comment("By the button")).to_be_visible()
    await is_not_lost(alice)


async def test_one_edits_removes_and_brings_back(read: Opens, server: Server, cast: Cast) -> None:
    writer = Writer(server, cast.alice)
    post = await writer.post()
    number = await writer.comment(post, "Rye.")
    alice = await read(post["url"], cast.alice)
    await alice.is_live()
    item = alice.item(number)

    await press(alice, item.get_by_role("link", name="Edit"))
    await alice.page.wait_for_url("**/edit")
    await tab_to(alice, alice.page.locator("main textarea"))
    await alice.page.keyboard.insert_text("Wheat. ")
    await press(alice, alice.page.get_by_role("button", name="Save changes"))
    await expect(item).to_contain_text("Wheat.")
    await alice.is_live()

    await press(alice, item.get_by_role("button", name="Remove"))
    await expect(item).to_contain_text("Removed by its author.")
    await expect(item.get_by_role("button", name="Undo")).to_be_focused()
    await alice.page.keyboard.press("Enter")
    await expect(item).to_contain_text("Wheat.")
    await expect(item.get_by_role("button", name="Remove")).to_be_focused()


async def test_the_line_of_news_leads_to_the_news(read: Opens, server: Server, cast: Cast) -> None:
    bob = Writer(server, cast.bob)
    post = await bob.post()
    await bob.comments(post, 12, "Long words " * 60)
    alice = await read(post["url"], cast.alice)
    await alice.is_live()
    new = await bob.comment(post, "News")
    await expect(alice.news).to_be_visible()
    await press(alice, alice.news)
    await expect(alice.item(new)).to_be_in_viewport()
    await is_not_lost(alice)
