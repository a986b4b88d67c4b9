"""Drafts on two devices, without a connection, and while the server is killed: nothing is lost, nothing twice."""

import asyncio

from playwright.async_api import Route, expect

from app.database.engine import DB
from tests.browser.conftest import Opens
from tests.browser.reading import Reader
from tests.browser.writing import Writer
from tests.cast import Cast, Member
from tests.serving import Server
from tests.waiting import eventually


async def kept(member: Member, subject: str) -> str | None:
    """What the server has."""
    rows = await DB.fetch(
        'SELECT body FROM drafts WHERE "user" = $1 AND subject = $2 AND dropped_at IS NULL',
        member.id,
        subject,
    )
    return rows[0]["body"] if rows else None


async def is_kept(member: Member, subject: str, words: str | None) -> None:
    async def same() -> bool:
        return await kept(member, subject) == words

    await eventually(same, f"the server has {words!r}")


async def come_back(reader: Reader) -> None:
    """As when the tab is looked at again."""
    await reader.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


async def test_a_reply_goes_on_from_device_to_device(read: Opens, server: Server, cast: Cast) -> None:
    bob = Writer(server, cast.bob)
    post = await bob.post()
    number = await bob.comment(post, "Rye.")
    phone, desk = await read(post["url"], cast.alice), await read(post["url"], cast.alice)
    await phone.composer.fill("Begun on the phone")
    await is_kept(cast.alice, f"reply:post:{post['id']}", "Begun on the phone")
    await come_back(desk)
    await expect(desk.composer).to_have_value("Begun on the phone")
    await desk.composer.fill("Begun on the phone, ended at the desk")
    await desk.page.get_by_role("button", name="Post reply").click()
    await expect(desk.comment("ended at the desk")).to_be_visible()
    await is_kept(cast.alice, f"reply:post:{post['id']}", None)
    await come_back(phone)
    await expect(phone.composer).to_have_value("")

    await phone.item(number).get_by_role("link", name="Reply").first.click()
    await phone.item(number).locator("form.composer textarea").fill("To Bob himself")
    await is_kept(cast.alice, f"reply:comment:{number}", "To Bob himself")
    await desk.item(number).get_by_role("link", name="Reply").first.click()
    await expect(desk.item(number).locator("form.composer textarea")).to_have_value("To Bob himself")


async def test_posts_and_edits_go_on_elsewhere_too(read: Opens, server: Server, cast: Cast) -> None:
    post = await Writer(server, cast.alice).post(body="As it stands.")
    phone = await read("/posts/new", cast.alice)
    await phone.page.get_by_label("Title", exact=True).fill("A title")
    await phone.page.get_by_label("Text", exact=True).fill("Some words")
    await phone.page.get_by_label("Tags", exact=True).fill("tea, bread")
    await is_kept(cast.alice, "new", "Some words")
    desk = await read("/posts/new", cast.alice)
    await expect(desk.page.get_by_label("Title", exact=True)).to_have_value("A title")
    await expect(desk.page.get_by_label("Tags", exact=True)).to_have_value("tea, bread")

    await phone.page.goto(f"/posts/{post['id']}/edit")
    await expect(phone.page.locator("main [data-slot=draft]")).to_have_text("")
    await phone.page.get_by_label("Text", exact=True).fill("As it will stand.")
    await is_kept(cast.alice, f"edit:post:{post['id']}", "As it will stand.")
    await desk.page.goto(f"/posts/{post['id']}/edit")
    await expect(desk.page.get_by_label("Text", exact=True)).to_have_value("As it will stand.")
    await desk.page.get_by_role("button", name="Save changes").click()
    await expect(desk.page.locator("article.post")).to_contain_text("As it will stand.")
    await is_kept(cast.alice, f"edit:post:{post['id']}", None)


async def test_two_devices_that_wrote_in_different_places_are_merged(
    read: Opens, server: Server, cast: Cast
) -> None:
    post = await Writer(server, cast.bob).post()
    phone = await read(post["url"], cast.alice)
    await phone.composer.fill("First. Second.")
    await is_kept(cast.alice, f"reply:post:{post['id']}", "First. Second.")
    desk = await read(post["url"], cast.alice)
    await phone.page.context.set_offline(True)
    await phone.composer.fill("First. Second. Third.")
    await expect(phone.page.locator("#write [data-slot=draft]")).to_have_text("Draft saved in this browser")
    await desk.composer.fill("The first. Second.")
    await is_kept(cast.alice, f"reply:post:{post['id']}", "The first. Second.")
    await phone.page.context.set_offline(False)
    await expect(phone.composer).to_have_value("The first. Second. Third.")
    await is_kept(cast.alice, f"reply:post:{post['id']}", "The first. Second. Third.")


async def test_two_devices_that_wrote_in_one_place_are_shown_side_by_side(
    read: Opens, server: Server, cast: Cast
) -> None:
    post = await Writer(server, cast.bob).post()
    subject = f"reply:post:{post['id']}"
    phone, desk = await read(post["url"], cast.alice), await read(post["url"], cast.alice)
    await phone.composer.fill("From the phone")
    await is_kept(cast.alice, subject, "From the phone")
    await desk.composer.fill("From the desk")
    choice = desk.page.get_by_role("region", name="Changed on another device")
    await expect(choice.locator(".draft-text")).to_have_text("From the phone")
    await expect(desk.composer).to_have_value("From the desk")
    await choice.get_by_role("button", name="Keep both").click()
    await expect(desk.composer).to_have_value("From the phone\n\nFrom the desk")
    await expect(choice).to_have_count(0)
    await is_kept(cast.alice, subject, "From the phone\n\nFrom the desk")


async def test_words_written_without_a_connection_survive_a_reload(
    read: Opens, server: Server, cast: Cast
) -> None:
    post = await Writer(server, cast.bob).post()
    alice = await read(post["url"], cast.alice)
    await alice.page.context.set_offline(True)
    await alice.composer.fill("On a train")
    await expect(alice.page.locator("#write [data-slot=draft]")).to_have_text("Draft saved in this browser")
    await alice.page.context.set_offline(False)
    await alice.page.reload()
    await expect(alice.composer).to_have_value("On a train")
    await is_kept(cast.alice, f"reply:post:{post['id']}", "On a train")


async def test_a_reply_sent_without_a_connection_goes_out_once_when_it_is_back(
    read: Opens, server: Server, cast: Cast
) -> None:
    post = await Writer(server, cast.bob).post()
    alice = await read(post["url"], cast.alice)
    await alice.is_live()
    await alice.page.context.set_offline(True)
    await alice.reply("From a train")
    await expect(alice.page.locator(".is-failed")).to_contain_text("They go out by themselves")
    await alice.page.context.set_offline(False)
    await alice.hurry()
    await expect(alice.page.locator(".comment")).to_have_class("comment is-own")
    await alice.page.reload()
    await expect(alice.page.locator(".comment")).to_have_count(1)


async def test_it_goes_out_from_another_page_too_and_after_a_reload(
    read: Opens, server: Server, cast: Cast
) -> None:
    post = await Writer(server, cast.bob).post()
    alice = await read(post["url"], cast.alice)
    await alice.fail_posts()
    await alice.reply("From a train")
    await expect(alice.page.locator(".is-failed")).to_be_visible()
    await alice.page.goto("/")
    await alice.page.reload()
    assert await count(post["id"]) == 0
    await alice.let_posts()
    tab = await alice.page.context.new_page()
    await tab.goto("/settings")
    await expect(tab.get_by_role("status").filter(has_text="Your reply is sent.")).to_be_visible()
    await tab.get_by_role("link", name="Go to the thread").click()
    await expect(tab.locator(".comment")).to_contain_text("From a train")
    await alice.page.goto(post["url"])
    await expect(alice.page.locator(".comment")).to_have_count(1)
    assert await count(post["id"]) == 1


async def test_two_tabs_that_send_what_waits_send_it_once(read: Opens, server: Server, cast: Cast) -> None:
    post = await Writer(server, cast.bob).post()
    alice = await read(post["url"], cast.alice)
    await alice.fail_posts()
    await alice.reply("Once only")
    await expect(alice.page.locator(".is-failed")).to_be_visible()
    tabs = [await alice.page.context.new_page() for _ in range(3)]
    await asyncio.gather(*(tab.goto("/settings/look") for tab in tabs))
    await eventually(lambda: counted(post["id"], 1), "it is sent")
    await expect(alice.page.locator(".comment.is-failed")).to_have_count(0)
    assert await count(post["id"]) == 1


async def test_what_cannot_be_sent_any_more_says_so_and_stays(
    read: Opens, server: Server, cast: Cast
) -> None:
    post = await Writer(server, cast.bob).post()
    alice = await read(post["url"], cast.alice)
    await alice.fail_posts()
    await alice.reply("Too late")
    await expect(alice.page.locator(".is-failed")).to_be_visible()
    await DB.fetch("UPDATE posts SET locked_at = now()")
    tab = await alice.page.context.new_page()
    await tab.goto("/settings/look")
    await expect(tab.get_by_role("status").filter(has_text="This thread is locked")).to_be_visible()
    await tab.reload()
    await expect(tab.locator("main h1")).to_be_visible()
    await expect(tab.get_by_role("status").filter(has_text="This thread is locked")).to_have_count(0)
    await DB.fetch("UPDATE posts SET locked_at = NULL")
    await alice.let_posts()
    await alice.page.reload()
    await alice.page.locator(".is-failed").get_by_role("button", name="Send again").click()
    await expect(alice.page.locator(".comment")).to_have_class("comment is-own")


async def test_a_second_reply_begun_while_the_first_waits_is_not_taken_along(
    read: Opens, server: Server, cast: Cast
) -> None:
    post = await Writer(server, cast.bob).post()
    subject = f"reply:post:{post['id']}"
    alice = await read(post["url"], cast.alice)
    await alice.composer.fill("The first")
    await is_kept(cast.alice, subject, "The first")
    may_go = asyncio.Event()

    async def wait(route: Route) -> None:
        await may_go.wait()
        await route.fallback()

    await alice.page.route("**/api/v1/posts/*/comments", wait)
    await alice.reply("The first")
    await alice.composer.fill("The second")
    await expect(alice.page.locator("#write [data-slot=draft]")).to_have_text("Draft saved")
    may_go.set()
    await is_kept(cast.alice, subject, "The second")
    assert await count(post["id"]) == 1
    await alice.page.reload()
    await expect(alice.composer).to_have_value("The second")


async def test_the_server_may_be_killed_while_one_writes_and_sends(
    read: Opens, serve: type[Server], cast: Cast
) -> None:
    own = serve()
    post = await Writer(own, cast.bob).post()
    subject = f"reply:post:{post['id']}"
    alice = await read(post["url"], cast.alice, at=own)
    await alice.is_live()
    await alice.composer.fill("Before")
    await is_kept(cast.alice, subject, "Before")
    own.kill()
    await alice.composer.fill("Before and after")
    await expect(alice.page.locator("#write [data-slot=draft]")).to_have_text("Draft saved in this browser")
    own.start()
    await alice.hurry()
    await is_kept(cast.alice, subject, "Before and after")

    own.kill()
    await alice.reply("Before and after, and sent")
    await expect(alice.page.locator(".is-failed")).to_be_visible()
    own.start()
    await alice.page.reload()
    await expect(alice.page.locator(".comment")).to_have_class("comment is-own")
    await is_kept(cast.alice, subject, None)
    assert await count(post["id"]) == 1
    await alice.page.reload()
    await expect(alice.composer).to_have_value("")


async def test_a_post_is_not_thrown_at_a_dead_connection(read: Opens, cast: Cast) -> None:
    alice = await read("/posts/new", cast.alice)
    await alice.page.get_by_label("Title", exact=True).fill("A title")
    await alice.page.get_by_label("Text", exact=True).fill("Some words")
    await alice.page.context.set_offline(True)
    await alice.page.get_by_role("button", name="Publish post").click()
    await expect(alice.page.locator("main [data-slot=draft]")).to_contain_text("There is no connection.")
    await alice.page.context.set_offline(False)
    await alice.page.get_by_role("button", name="Publish post").click()
    await expect(alice.page.locator("h1")).to_have_text("A title")
    await is_kept(cast.alice, "new", None)


async def test_what_one_wrote_before_signing_in_is_there_after_it(
    read: Opens, server: Server, cast: Cast
) -> None:
    post = await Writer(server, cast.bob).post()
    alice = await read(post["url"])
    await alice.composer.fill("Begun as nobody")
    await expect(alice.page.locator("#write [data-slot=draft]")).to_have_text("Draft saved")
    cookie = {"name": "hubbub_session", "value": cast.alice.token, "url": server.url}
    await alice.page.context.add_cookies([cookie])  # type: ignore[list-item]  # as Playwright describes it
    await alice.page.goto(post["url"])
    await expect(alice.composer).to_have_value("Begun as nobody")
    await is_kept(cast.alice, f"reply:post:{post['id']}", "Begun as nobody")


async def test_a_browser_of_two_members_keeps_their_words_apart(
    read: Opens, server: Server, cast: Cast
) -> None:
    post = await Writer(server, cast.bob).post()
    alice = await read(post["url"], cast.alice)
    await alice.page.context.route("**/api/v1/drafts/**", lambda route: route.abort())
    await alice.composer.fill("Alice's own")
    await expect(alice.page.locator("#write [data-slot=draft]")).to_have_text("Draft saved in this browser")
    await alice.page.context.add_cookies(
        [{"name": "hubbub_session", "value": cast.mallory.token, "url": server.url}]
    )
    await alice.page.goto(post["url"])
    await expect(alice.page.locator(".site-viewer")).to_contain_text("Mallory")
    await expect(alice.composer).to_have_value("")


async def counted(post_id: int, wanted: int) -> bool:
    return await count(post_id) == wanted


async def count(post_id: int) -> int:
    """How many replies the thread has."""
    return int((await DB.fetch("SELECT count(*) FROM comments WHERE post = $1", post_id))[0][0])
