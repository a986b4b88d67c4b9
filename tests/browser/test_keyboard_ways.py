"""The other ways by keyboard alone: what is new, settings, picture, devices, a post, the tables."""

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.async_api import FileChooser, TimeoutError, expect  # noqa: A004  # its own, which is no other's

from app.accounts.mails import REGISTRATIONS
from app.database.engine import DB, Engine
from app.exports.jobs import build_export
from app.mail.lists.links import link_to_leave
from app.settings import settings
from tests.admin.jobs.test_pages import EVERY_STATE
from tests.browser.conftest import Opens
from tests.browser.keys import enter_text, press, tab_to
from tests.browser.reading import Reader
from tests.browser.writing import Writer
from tests.cast import PASSWORD, Cast
from tests.pictures import picture
from tests.second_factor import App
from tests.serving import Server


async def test_one_goes_to_what_is_new(read: Opens, server: Server, cast: Cast) -> None:
    post, new = await with_news(server, cast)
    alice = await read(post["url"], cast.alice)
    await alice.is_live()
    await press(alice, alice.page.get_by_role("link", name="Go to the first"))
    await expect(alice.item(new)).to_be_in_viewport()
    await alice.page.keyboard.press("Tab")
    assert await alice.item(new).evaluate("item => item.contains(document.activeElement)")


async def test_one_says_that_all_is_read_where_nothing_notices(
    read: Opens, server: Server, cast: Cast
) -> None:
    post, _ = await with_news(server, cast)
    alice = await read(post["url"], cast.alice, java_script_enabled=False)
    await expect(alice.page.locator(".since-line")).to_contain_text("1 reply is new since you were here.")
    await press(alice, alice.page.get_by_role("button", name="Mark as read"))
    await expect(alice.page.locator(".since-line")).to_have_count(0)


async def with_news(server: Server, cast: Cast) -> tuple[dict[str, Any], int]:
    """A long thread that alice has read, but for its last comment, far below."""
    bob = Writer(server, cast.bob)
    post = await bob.post()
    read = await bob.comments(post, 12, "Long words " * 60)
    await DB.fetch(
        'INSERT INTO reads ("user", post, comment) VALUES ($1, $2, $3)', cast.alice.id, post["id"], read[-1]
    )
    return post, await bob.comment(post, "News")


async def test_one_edits_removes_and_brings_back_a_post(read: Opens, server: Server, cast: Cast) -> None:
    post = await Writer(server, cast.alice).post()
    alice = await read(post["url"], cast.alice)
    await alice.is_live()
    shown = alice.page.locator("article.post")
    await press(alice, shown.get_by_role("link", name="Edit"))
    await enter_text(alice, "Title", "What do you bake on Mondays?")
    await alice.page.keyboard.press("Enter")
    await expect(alice.page.locator("h1")).to_have_text("What do you bake on Mondays?")
    await alice.is_live()
    await press(alice, shown.get_by_role("button", name="Remove"))
    await expect(shown).to_contain_text("You removed this post.")
    await press(alice, shown.get_by_role("button", name="Undo"), "Space")
    await expect(shown.get_by_role("button", name="Remove")).to_be_visible()


async def test_one_searches_sorts_and_opens_a_face(read: Opens, server: Server, cast: Cast) -> None:
    await Writer(server, cast.bob).post()
    alice = await read("/", cast.alice)
    await enter_text(alice, "Find a post by its title", "bake")
    await alice.page.keyboard.press("Enter")
    await expect(alice.page.locator("h1")).to_have_text("Posts with “bake”")
    await press(alice, alice.page.get_by_role("link", name="New", exact=True))
    await expect(alice.page.locator("[aria-current=page]")).to_have_text("New")
    await press(alice, alice.page.locator(".post-row").get_by_role("link", name="What do you bake"))
    await press(alice, alice.page.locator("article.post").get_by_role("link", name="Bob"))
    await expect(alice.page).to_have_url(re.compile("/@bob$"))


async def test_one_drops_a_draft_takes_it_back_and_goes_on(read: Opens, cast: Cast) -> None:
    await DB.fetch(
        """INSERT INTO drafts ("user", subject, title, body, version) VALUES ($1, 'new', 'Bread', 'Half', 1)""",
        cast.alice.id,
    )
    alice = await read("/@alice", cast.alice)
    await press(alice, alice.page.get_by_role("link", name="Drafts"))
    await press(alice, alice.page.get_by_role("button", name="Drop the draft: A new post"))
    await expect(alice.page.locator(".draft")).to_have_count(0)
    await press(alice, alice.page.get_by_role("button", name="Undo"), "Space")
    await press(alice, alice.page.get_by_role("link", name="Go on writing"))
    await expect(alice.page.get_by_label("Text", exact=True)).to_have_value("Half")


async def test_one_chooses_between_two_drafts(read: Opens, cast: Cast) -> None:
    alice = await read("/posts/new", cast.alice)
    text = alice.page.get_by_label("Text", exact=True)
    answer = await alice.page.request.put("/api/v1/drafts/new", data={"body": "Elsewhere."})
    assert answer.ok
    await tab_to(alice, text)
    await alice.page.keyboard.type("Here.")
    choice = alice.page.get_by_role("region", name="Changed on another device")
    await press(alice, choice.get_by_role("button", name="Use that one"))
    await expect(text).to_have_value("Elsewhere.")
    await expect(text).to_be_focused()


async def open_chooser(reader: Reader) -> FileChooser:
    """By Enter; a Chromium that is very busy lets one of them pass without a window."""
    for patience in (3000, 10_000):
        with suppress(TimeoutError):
            async with reader.page.expect_file_chooser(timeout=patience) as chosen:
                await reader.page.keyboard.press("Enter")
            return await chosen.value
    async with reader.page.expect_file_chooser() as chosen:
        await reader.page.keyboard.press("Enter")
    return await chosen.value


async def test_one_chooses_a_picture_and_takes_it_away(read: Opens, cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "face.png").write_bytes(picture())
    alice = await read("/settings", cast.alice)
    field = alice.page.get_by_label("A picture of you")
    await tab_to(alice, field)
    chooser = await open_chooser(alice)
    await chooser.set_files(tmp_path / "face.png")
    await press(alice, alice.page.get_by_role("button", name="Use this picture"))
    await expect(alice.page.locator(".picture img")).to_be_visible()
    await press(alice, alice.page.get_by_role("button", name="Take the picture away"), "Space")
    await expect(alice.page.locator(".picture img")).to_have_count(0)


async def test_one_changes_look_email_and_password(read: Opens, cast: Cast) -> None:
    alice = await read("/settings", cast.alice)
    page, keys = alice.page, alice.page.keyboard
    tabs = page.get_by_role("navigation", name="Settings")
    await press(alice, tabs.get_by_role("link", name="Look"))
    await tab_to(alice, page.get_by_label("As my device does"))
    await keys.press("ArrowDown")
    await keys.press("ArrowDown")
    await expect(page.get_by_role("radio", name="Dark Easy")).to_be_checked()
    await keys.press("Enter")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    await press(alice, tabs.get_by_role("link", name="Email"))
    await enter_text(alice, "Email", "alice@example.com")
    await enter_text(alice, "Your password", PASSWORD)
    await keys.press("Enter")
    await page.wait_for_url(re.compile("saved="))

    await press(alice, tabs.get_by_role("link", name="Password"))
    await enter_text(alice, "The password you have", PASSWORD)
    await enter_text(alice, "The new one", "another long pass phrase")
    await press(alice, page.get_by_role("button", name="Change password"))
    await page.wait_for_url(re.compile("saved="))


async def test_one_turns_codes_on_and_off(read: Opens, cast: Cast) -> None:
    alice = await read("/settings/two-factor", cast.alice)
    page, keys = alice.page, alice.page.keyboard
    await enter_text(alice, "Your password", PASSWORD)
    await keys.press("Enter")
    await expect(page.locator(".factor-picture svg")).to_be_visible()
    app = App(await page.locator(".factor code").text_content() or "")
    await enter_text(alice, "The code that it shows", app.code())
    await keys.press("Enter")
    await expect(page.locator(".recovery-codes")).to_be_visible()
    codes = (await page.locator(".recovery-codes").text_content() or "").split()
    assert len(codes) == 10
    await enter_text(alice, "Your password", PASSWORD)
    await enter_text(alice, "Code from your app, or a recovery code", codes[9])
    await press(alice, page.get_by_role("button", name="Turn codes off"), "Space")
    await expect(page.get_by_role("status").filter(has_text="not asked for")).to_be_visible()


async def test_one_signs_out_other_devices(read: Opens, cast: Cast, database: Engine) -> None:
    await database.fetch(
        """INSERT INTO sessions ("user", token_hash, expires_at)
        SELECT $1, sha256(n::text::bytea), now() + interval '1 day' FROM generate_series(1, 3) AS n""",
        cast.alice.id,
    )
    alice = await read("/settings/sessions", cast.alice)
    devices = alice.page.locator(".session")
    await expect(devices).to_have_count(4)
    other = devices.filter(has_not_text="This device").first
    await press(alice, other.get_by_role("button"))
    await expect(devices).to_have_count(3)
    await press(alice, alice.page.get_by_role("button", name="Sign out all others"), "Space")
    await expect(devices).to_have_count(1)


async def test_an_admin_tries_a_job_again_and_drops_what_was_given_up(
    read: Opens, cast: Cast, database: Engine
) -> None:
    await database.fetch(EVERY_STATE)
    ada = await read("/admin/jobs", cast.ada)
    page = ada.page
    await press(ada, page.get_by_role("button", name="Try again send_welcome"))
    await expect(page.get_by_role("status")).to_contain_text("It is tried again")
    await press(ada, page.get_by_role("button", name="Drop send_digest"), "Space")
    await expect(page.get_by_role("status")).to_contain_text("It is dropped")
    await database.fetch("UPDATE outbox SET dead_at = now(), lease_until = NULL")
    await page.reload()
    await press(ada, page.get_by_text("Drop all", exact=True))
    await press(ada, page.get_by_role("button", name="Drop all for good"))
    await expect(page.get_by_role("status")).to_contain_text("All of them are dropped")
    assert not await database.fetch("SELECT FROM outbox")


async def test_an_admin_finds_a_member_and_changes_their_role(
    read: Opens, cast: Cast, database: Engine
) -> None:
    ada = await read("/", cast.ada)
    page = ada.page
    await press(ada, page.get_by_role("link", name="Admin"))
    await press(ada, page.get_by_role("navigation", name="Tables").get_by_role("link", name="users"))
    await expect(page.locator(".table_wrapper tbody tr")).to_have_count(5)
    await press(ada, page.get_by_role("button", name="Show Filters"))
    await enter_text(ada, "Username", "bob")
    await page.keyboard.press("Enter")
    await expect(page.locator(".table_wrapper tbody tr")).to_have_count(1)
    # It has no address and was only for the pointer, until we named it.
    await press(ada, page.get_by_role("button", name="Close"), "Space", back=True)
    await expect(page.locator(".right_column")).to_have_count(0)
    await press(ada, page.locator(".table_wrapper tbody td a").first)
    await tab_to(ada, page.get_by_label("Role", exact=True))
    await page.keyboard.type("Mod")
    await press(ada, page.get_by_role("button", name="Save"))
    await expect(page.get_by_role("status")).to_contain_text("Successfully saved row")
    (bob,) = await database.fetch("SELECT role FROM users WHERE id = $1", cast.bob.id)
    assert bob["role"] == "moderator"


async def test_a_moderator_suspends_a_member_and_lifts_it(read: Opens, cast: Cast) -> None:
    mona = await read("/@mallory", cast.mona)
    await press(mona, mona.page.get_by_role("link", name="Manage"))
    await enter_text(mona, "Why", "Rude.")
    await press(mona, mona.page.get_by_role("button", name="Suspend @mallory"))
    lift = mona.page.get_by_role("button", name="Lift it")
    await expect(lift).to_be_visible()
    await press(mona, lift)
    await expect(mona.page.get_by_text("They can write again.")).to_be_visible()


async def test_a_moderator_closes_a_thread_and_removes_a_reply(
    read: Opens, server: Server, cast: Cast
) -> None:
    alice = Writer(server, cast.alice)
    post = await alice.post()
    comment = await alice.comment(post, "Buy this.")
    mona = await read(post["url"], cast.mona)
    await mona.is_live()
    await press(mona, mona.page.get_by_role("button", name="Close", exact=True))
    await expect(mona.page.locator(".post [data-slot=locked]")).to_be_visible()
    await press(mona, mona.item(comment).get_by_role("link", name="Remove"))
    await enter_text(mona, "Why", "No sales.")
    await press(mona, mona.page.get_by_role("button", name="Remove reply"))
    await expect(mona.item(comment)).to_contain_text("No sales.")
    await press(mona, mona.item(comment).get_by_role("button", name="Undo"))
    await expect(mona.item(comment)).to_contain_text("Buy this.")
    await press(mona, mona.page.get_by_role("link", name="Moderation"))
    await expect(mona.page.get_by_role("heading", name="Reports")).to_be_visible()


async def test_one_stops_mails_and_gets_them_again(read: Opens, cast: Cast) -> None:
    link = (await link_to_leave(REGISTRATIONS, cast.ada.id)).removeprefix(settings.address)
    somebody = await read(link)
    await press(somebody, somebody.page.get_by_role("button", name="Stop them"))
    await press(somebody, somebody.page.get_by_role("button", name="Get them again"))
    await expect(somebody.page.get_by_role("button", name="Stop them")).to_be_visible()


async def test_one_asks_for_an_archive_and_sees_it_come(read: Opens, cast: Cast) -> None:
    alice = await read("/settings/export", cast.alice)
    await press(alice, alice.page.get_by_role("button", name="Make my archive"))
    await expect(alice.page.get_by_role("progressbar")).to_be_visible()
    (row,) = await DB.fetch("SELECT id FROM exports")
    await build_export(export_id=row["id"])
    await press(alice, alice.page.get_by_role("link", name="Archive of"))
