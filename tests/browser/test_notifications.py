"""Notifications in a browser: counted in every page's head, listed live, read here and in other tabs."""

from playwright.async_api import expect

from tests.browser.conftest import Opens
from tests.browser.writing import Writer
from tests.cast import Cast
from tests.notifications.doing import do_jobs
from tests.serving import Server


async def test_a_reply_is_counted_and_listed_while_one_reads(read: Opens, server: Server, cast: Cast) -> None:
    post = await Writer(server, cast.alice).post()
    front = await read("/", cast.alice)
    listed = await read("/notifications", cast.alice)
    await front.is_live()
    await listed.is_live()
    await Writer(server, cast.bob).comment(post, "Rye, with seeds.")
    await do_jobs()
    for reader in (front, listed):
        await expect(reader.page.locator(".unread-badge")).to_have_text("1 unread")
    item = listed.page.locator(".notification")
    await expect(item).to_contain_text("Bob replied in What do you bake on Sundays?")
    await expect(item).to_contain_text("Rye, with seeds.")
    await expect(item).to_contain_text("You wrote the post.")


async def test_what_is_read_in_one_tab_is_read_in_all(read: Opens, server: Server, cast: Cast) -> None:
    post = await Writer(server, cast.alice).post()
    await Writer(server, cast.bob).comments(post, 2)
    await do_jobs()
    front = await read("/", cast.alice)
    listed = await read("/notifications", cast.alice)
    await front.is_live()
    await listed.is_live()
    await expect(front.page.locator(".unread-badge")).to_have_text("2 unread")
    await listed.page.get_by_role("button", name="Mark as read").first.click()
    await expect(front.page.locator(".unread-badge")).to_have_text("1 unread")
    await expect(listed.page.locator(".notification.is-unread")).to_have_count(1)
    await listed.page.get_by_role("button", name="Mark all as read").click()
    await expect(front.page.locator(".unread-badge")).to_be_hidden()
    await expect(listed.page.locator(".notification.is-unread")).to_have_count(0)


async def test_who_opens_one_has_read_it(read: Opens, server: Server, cast: Cast) -> None:
    post = await Writer(server, cast.alice).post()
    comment = await Writer(server, cast.bob).comment(post, "Rye.")
    await do_jobs()
    listed = await read("/notifications", cast.alice)
    await listed.is_live()
    await listed.page.locator(".notification a").first.click()
    await expect(listed.page).to_have_url(f"{server.url}/comments/{comment}")
    await expect(listed.page.locator(".unread-badge")).to_be_hidden()


async def test_keys_alone_read_one_and_keep_their_place(read: Opens, server: Server, cast: Cast) -> None:
    post = await Writer(server, cast.alice).post()
    await Writer(server, cast.bob).comments(post, 2)
    await do_jobs()
    listed = await read("/notifications", cast.alice)
    await listed.is_live()
    first = listed.page.locator(".notification").first
    await first.get_by_role("button").focus()
    await listed.page.keyboard.press("Enter")
    await expect(first.get_by_role("button")).to_have_text("Mark as new")
    assert await first.evaluate("item => item.contains(document.activeElement)")


async def test_all_of_it_works_without_javascript(read: Opens, server: Server, cast: Cast) -> None:
    post = await Writer(server, cast.alice).post()
    await Writer(server, cast.bob).comment(post, "Rye.")
    await do_jobs()
    alice = await read("/", cast.alice, java_script_enabled=False)
    await alice.page.get_by_role("link", name="Notifications").click()
    await alice.page.get_by_role("button", name="Mark as read").click()
    await expect(alice.page.get_by_role("button", name="Mark as new")).to_be_visible()
    await expect(alice.page.locator(".unread-badge")).to_be_hidden()
