"""Reporting in a browser: over the page that one reads, by pointer and by keys, and without any script."""

from typing import Any

from playwright.async_api import expect

from app.database.engine import DB
from app.flags.schemas import NewFlag
from app.flags.services import report
from tests.browser.conftest import Opens
from tests.browser.keys import enter_text, press, tab_to
from tests.browser.writing import Writer
from tests.cast import Cast
from tests.serving import Server


async def reported() -> list[Any]:
    rows = await DB.fetch(
        """SELECT coalesce('post:' || post, 'comment:' || comment, 'user:' || member) AS subject, reason, note
        FROM flags ORDER BY id"""
    )
    return [tuple(row) for row in rows]


async def test_a_comment_that_just_came_is_reported_where_it_stands(
    read: Opens, server: Server, cast: Cast
) -> None:
    post = await Writer(server, cast.alice).post()
    bob = await read(post["url"], cast.bob)
    await bob.is_live()
    number = await Writer(server, cast.mallory).comment(post, "Buy this.")
    await expect(bob.item(number)).to_contain_text("Buy this.")
    await bob.item(number).get_by_role("link", name="Report").click()
    dialog = bob.page.get_by_role("dialog", name="Report this comment")
    await expect(dialog).to_contain_text("Buy this.")
    await dialog.get_by_role("button", name="Report comment").click()
    await expect(dialog).to_contain_text("Choose what comes nearest.")
    await dialog.get_by_label("Spam").check()
    await dialog.get_by_label("What should they know?").fill("Again and again.")
    await dialog.get_by_role("button", name="Report comment").click()
    told = bob.page.get_by_role("dialog", name="You reported this comment")
    await told.get_by_role("link", name="Go on reading").click()
    await expect(bob.page.locator("dialog")).to_have_count(0)
    await expect(bob.page).to_have_url(f"{server.url}{post['url']}")
    assert await reported() == [(f"comment:{number}", "spam", "Again and again.")]
    await bob.item(number).get_by_role("link", name="Report").click()
    await expect(bob.page.get_by_role("dialog", name="You reported this comment")).to_be_visible()


async def test_ones_own_and_what_is_removed_have_no_way_to_report_them(
    read: Opens, server: Server, cast: Cast
) -> None:
    post = await Writer(server, cast.alice).post()
    mallory = Writer(server, cast.mallory)
    number = await mallory.comment(post, "Soon gone.")
    bob = await read(post["url"], cast.bob)
    await bob.is_live()
    await bob.reply("Mine.")
    await expect(bob.comment("Mine.")).to_be_visible()
    await expect(bob.comment("Mine.").get_by_role("link", name="Report")).to_have_count(0)
    await expect(bob.item(number).get_by_role("link", name="Report")).to_have_count(1)
    await mallory.remove(number)
    await expect(bob.item(number)).to_contain_text("Removed by its author.")
    await expect(bob.item(number).get_by_role("link", name="Report")).to_have_count(0)


async def test_keys_alone_report_a_member_and_lead_back(read: Opens, cast: Cast) -> None:
    bob = await read("/@mallory", cast.bob)
    link = bob.page.get_by_role("link", name="Report Mallory")
    await press(bob, link)
    await bob.page.get_by_role("dialog", name="Report Mallory").wait_for()
    await tab_to(bob, bob.page.get_by_label("Spam"))
    await bob.page.keyboard.press("ArrowDown")
    await expect(bob.page.get_by_label("Abuse")).to_be_checked()
    await enter_text(bob, "What should they know?", "Rude to all.")
    await press(bob, bob.page.get_by_role("button", name="Report Mallory"))
    await bob.page.get_by_role("dialog", name="You reported Mallory").wait_for()
    await bob.page.keyboard.press("Escape")
    await expect(link).to_be_focused()
    assert await reported() == [(f"user:{cast.mallory.id}", "abuse", "Rude to all.")]


async def test_without_a_script_the_same_form_has_a_page(read: Opens, server: Server, cast: Cast) -> None:
    post = await Writer(server, cast.mallory).post()
    bob = await read(post["url"], cast.bob, java_script_enabled=False)
    await bob.page.locator("article.post").get_by_role("link", name="Report").click()
    await expect(bob.page.locator("h1")).to_have_text("Report this post")
    await bob.page.get_by_label("Off topic").check()
    await bob.page.get_by_role("button", name="Report post").click()
    await expect(bob.page.locator("h1")).to_have_text("You reported this post")
    await bob.page.get_by_role("link", name="Go on reading").click()
    await expect(bob.page.locator("h1")).to_have_text("What do you bake on Sundays?")
    assert await reported() == [(f"post:{post['id']}", "off_topic", None)]


async def test_who_is_signed_out_meanwhile_is_led_to_the_sign_in(
    read: Opens, server: Server, cast: Cast
) -> None:
    post = await Writer(server, cast.mallory).post()
    bob = await read(post["url"], cast.bob)
    await bob.page.context.clear_cookies()
    await bob.page.locator("article.post").get_by_role("link", name="Report").click()
    await expect(bob.page).to_have_url(
        f"{server.url}/sign-in?next=/flags/new%3Fsubject%3Dpost%3A{post['id']}"
    )


async def test_moderators_see_what_is_reported_come_and_go(read: Opens, server: Server, cast: Cast) -> None:
    post = await Writer(server, cast.alice).post()
    number = await Writer(server, cast.mallory).comment(post, "Buy this.")
    mona, front, ada = [
        await read(path, member)
        for path, member in (("/moderation", cast.mona), ("/", cast.mona), ("/moderation", cast.ada))
    ]
    for reader in (mona, front, ada):
        await reader.is_live()
        await expect(reader.page.locator("report-count .unread-badge")).to_be_hidden()
    for member in (cast.bob, cast.alice):
        await report(member.viewer, NewFlag(subject=f"comment:{number}", reason="spam"))
    await report(cast.bob.viewer, NewFlag(subject=f"user:{cast.mallory.id}", reason="abuse"))
    for reader in (mona, front, ada):
        await expect(reader.page.locator("report-count .unread-badge")).to_have_text("2 waiting")
    cases = mona.page.locator(".case")
    await expect(cases).to_have_count(2)
    await expect(cases.first).to_contain_text("2 reports")
    await cases.first.get_by_role("button", name="Uphold").click()
    await expect(cases).to_have_count(1)
    await expect(ada.page.locator(".case")).to_have_count(1)
    for reader in (front, ada):
        await expect(reader.page.locator("report-count .unread-badge")).to_have_text("1 waiting")
    await ada.page.get_by_role("button", name="Dismiss").click()
    await expect(mona.page.locator(".empty-line")).to_have_text("Nothing waits for you.")
    await expect(front.page.locator("report-count .unread-badge")).to_be_hidden()


async def test_keys_alone_decide(read: Opens, server: Server, cast: Cast) -> None:
    await report(cast.bob.viewer, NewFlag(subject=f"user:{cast.mallory.id}", reason="abuse"))
    mona = await read("/", cast.mona)
    await press(mona, mona.page.get_by_role("link", name="Moderation"))
    await expect(mona.page.locator(".case")).to_have_count(1)
    await press(mona, mona.page.get_by_role("button", name="Uphold"))
    await expect(mona.page.locator(".empty-line")).to_have_text("Nothing waits for you.")


async def test_a_moderator_decides_without_a_script(read: Opens, server: Server, cast: Cast) -> None:
    await report(cast.bob.viewer, NewFlag(subject=f"user:{cast.mallory.id}", reason="abuse"))
    mona = await read("/moderation", cast.mona, java_script_enabled=False)
    await mona.page.get_by_role("button", name="Dismiss").click()
    await expect(mona.page.locator(".empty-line")).to_have_text("Nothing waits for you.")
    assert [row["status"] for row in await DB.fetch("SELECT status FROM flags")] == ["dismissed"]


async def test_a_reason_that_is_being_written_outlives_one_more_report(
    read: Opens, server: Server, cast: Cast
) -> None:
    post = await Writer(server, cast.alice).post()
    number = await Writer(server, cast.mallory).comment(post, "Buy this.")
    await report(cast.bob.viewer, NewFlag(subject=f"comment:{number}", reason="spam"))
    mona, alice = await read("/moderation", cast.mona), await read(post["url"], cast.alice)
    await mona.is_live()
    await alice.is_live()
    await mona.page.locator("summary", has_text="Remove it").click()
    await mona.page.get_by_label("Why").fill("It is spam.")
    await report(cast.alice.viewer, NewFlag(subject=f"comment:{number}", reason="abuse"))
    await expect(mona.page.locator(".case")).to_contain_text("2 reports")
    await expect(mona.page.get_by_label("Why")).to_have_value("It is spam.")
    await mona.page.get_by_role("button", name="Remove and uphold").click()
    await expect(mona.page.locator(".empty-line")).to_have_text("Nothing waits for you.")
    await expect(alice.item(number)).to_contain_text("Removed by a moderator. They said: “It is spam.”")
