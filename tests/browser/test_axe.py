"""axe finds nothing on any page, in the light and in the dark."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import Page

from app.accounts.mails import REGISTRATIONS
from app.accounts.set_up.services import offer_link
from app.comments.removing import take_comment_down
from app.database.engine import DB
from app.flags.schemas import NewFlag
from app.flags.services import report
from app.mail.kept import keep
from app.mail.letters import Mail
from app.mail.lists.links import link_to_leave
from app.posts.moderating import lock_post, pin_post
from app.posts.removing import take_post_down
from app.settings import settings
from tests.admin.jobs.test_pages import EVERY_STATE
from tests.browser.faults import enter, faults
from tests.browser.writing import Writer
from tests.cast import PASSWORD, Cast
from tests.notifications.doing import do_jobs
from tests.second_factor import App
from tests.serving import Server
from tests.tokens import lend

LOOKED_AT = [
    "/",
    "/sign-in",
    "/sign-up",
    "/settings/look",
    "/password-resets/new",
    "/password-resets/new?sent=1",
    "/sign-in?told=password",
    "/farewell",
    "/no-such-page",
    "{thread}",
    "{empty}",
    "{comment}",
]
OF_MEMBERS = [
    "/", "/?tag=bread", "/?q=nothing-like-this", "/?sort=popular", "{thread}", "{deep}", "{empty}", "{comment}",
    "{branch}", "{comment}/reply",
    "{comment}/edit", "{comment}/revisions", "{post}/edit", "{post}/revisions", "/posts/new", "/@bob", "/@bob/comments",
    "/@alice", "/@alice/comments", "/settings", "/settings/look", "/settings/email", "/settings/password",
    "/settings/sessions", "/settings/tokens", "/settings/two-factor", "/settings/account", "/first-steps",
    "/settings/following", "/settings/export",
    "/notifications", "/notifications?unread=true", "/settings/notifications",
    "/dev/mail", "/dev/mail/{mail}", "/email-verifications",
    "/drafts", "/drafts?dropped=new", "/flags/new?subject={flagged}", "/flags/new?subject={told}",
]  # fmt: skip

# As the button does where no script runs.
POST_DRAFT = """() => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/drafts/new";
  for (const [name, value] of Object.entries({ title: "Here", body: "Other words.", version: "9" })) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}"""


@pytest.fixture
async def places(server: Server, cast: Cast) -> dict[str, str]:
    """What a small community has: threads that are empty and deep, an edit, a removal, reactions, a mail."""
    bob, alice = Writer(server, cast.bob), Writer(server, cast.alice)
    empty = await alice.post("An empty thread", "Nobody has answered.")
    thread = await bob.post(
        body="Tell me of `bread`.\n\n> With seeds.\n\n```\nrye = 1\n```\n\n1. [One](https://example.org)"
    )
    comment = await bob.comment(thread, "Rye.")
    await bob.edit(comment, "Rye, **in fact**.")
    await bob.edit_post(thread, title="What do you bake on Mondays?")
    removed = await alice.comment(thread, "Soon gone.", comment)
    await alice.comment(thread, "Below what is gone.", removed)
    await alice.remove(removed)
    deep = parent = await alice.comment(empty, "The first of many.")
    for number in range(9):
        parent = await bob.comment(empty, f"Deeper {number}", parent)
    await alice.react("comments", comment, "love")
    await bob.react("comments", comment, "wow")
    await keep(
        Mail(to="alice@example.org", subject="A letter", text="Hello.", html="<p>Hello.</p>", key="one"),
        "<one@hubbub>",
    )
    (mail,) = await DB.fetch("SELECT id FROM mails")
    nobody = await alice.post("Is anybody here?", "Yes.")
    await report(cast.bob.viewer, NewFlag(subject=f"post:{nobody['id']}", reason="spam"))
    await do_jobs()
    return {
        "thread": thread["url"], "deep": empty["url"], "empty": nobody["url"], "post": f"/posts/{thread['id']}",
        "comment": f"/comments/{comment}", "branch": f"/comments/{deep}", "mail": str(mail["id"]),
        "flagged": f"comment:{deep}", "told": f"post:{nobody['id']}",
    }  # fmt: skip


async def test_pages_of_somebody_without_an_account(page: Page, places: dict[str, str]) -> None:
    for path in LOOKED_AT:
        await page.goto(path.format(**places))
        assert await faults(page) == []


async def test_pages_of_a_member(page: Page, server: Server, cast: Cast, places: dict[str, str]) -> None:
    await enter(page, server, cast.bob)
    found = []
    for path in OF_MEMBERS:
        answer = await page.goto(path.format(**places))
        assert answer
        assert answer.ok, path
        found += await faults(page)
    assert found == []


async def test_what_waits_for_moderators(
    page: Page, server: Server, cast: Cast, places: dict[str, str]
) -> None:
    await enter(page, server, cast.mona)
    await page.goto("/moderation")
    await page.locator(".case").wait_for()
    assert await faults(page) == []
    await page.get_by_role("button", name="Dismiss").click()
    await page.locator(".empty").wait_for()
    assert await faults(page) == []


async def test_a_dialog_that_reports(page: Page, server: Server, cast: Cast, places: dict[str, str]) -> None:
    await enter(page, server, cast.bob)
    await page.goto(places["deep"])
    await page.locator("article.post").get_by_role("link", name="Report").click()
    await page.locator("dialog").wait_for()
    assert await faults(page) == []
    await page.get_by_role("button", name="Report post").click()
    await page.locator("dialog .field-error").wait_for()
    assert await faults(page) == []


async def test_pages_of_a_moderator(page: Page, server: Server, cast: Cast, places: dict[str, str]) -> None:
    await enter(page, server, cast.mona)
    mona, found = cast.mona.viewer, []
    number = int(places["post"].rpartition("/")[2])
    await lock_post(mona, number, "Enough.")
    await pin_post(mona, number, None)
    await take_comment_down(mona, int(places["branch"].rpartition("/")[2]), "Off topic.")
    for path in (
        "/", "{thread}", "{deep}", "{post}/removal", "{comment}/removal", "/moderation/log",
        "/moderation/log?kind=comment", "/moderation/log?cursor=1",
    ):  # fmt: skip
        answer = await page.goto(path.format(**places))
        assert answer
        assert answer.ok, path
        found += await faults(page)
    await take_post_down(mona, number, "Off topic.")
    await page.goto(places["thread"])
    found += await faults(page)
    assert found == []


async def test_forms_with_errors(page: Page, server: Server, cast: Cast) -> None:
    for path in ("/sign-in", "/sign-up"):
        await page.goto(path)
        await page.locator("main form button").last.click()
        await page.locator("main [aria-invalid], main .notice").first.wait_for()
        assert await faults(page) == []
    await enter(page, server, cast.alice)
    for path in (
        "/posts/new",
        "/settings/password",
        "/settings/email",
        "/settings/tokens",
        "/settings/two-factor",
    ):
        await page.goto(path)
        await page.locator("main form button:visible").last.click()
        await page.locator("main [aria-invalid], main .notice").first.wait_for()
        assert await faults(page) == []


async def test_what_is_decided_about_a_member_and_what_they_see(
    page: Page, server: Server, cast: Cast
) -> None:
    await enter(page, server, cast.ada)
    managed = f"/users/{cast.mallory.id}/management"
    await page.goto(managed)
    assert await faults(page) == []
    await page.get_by_role("button", name="Suspend @mallory").click()
    await page.locator("main [aria-invalid]").first.wait_for()
    assert await faults(page) == []
    await page.get_by_label("Why").fill("Rude.")
    await page.get_by_role("button", name="Suspend @mallory").click()
    await page.get_by_role("button", name="Lift it").wait_for()
    assert await faults(page) == []
    await page.goto("/@mallory")
    assert await faults(page) == []
    await enter(page, server, cast.mallory)
    for path in ("/", "/settings"):
        await page.goto(path)
        await page.locator(".suspension-banner").wait_for()
        assert await faults(page) == []


async def test_a_draft_of_two_devices(page: Page, server: Server, cast: Cast) -> None:
    await enter(page, server, cast.alice)
    for words, sent in (({"title": "Mine", "body": "Words.", "tags": ["tea"]}, False), ({"body": ""}, True)):
        answer = await page.request.put("/api/v1/drafts/new", data={**words, "version": 0 if not sent else 1})
        assert answer.ok
        await page.goto("/dev/mail")
        await page.evaluate(POST_DRAFT)
        await page.locator("#draft-newer").wait_for()
        assert await faults(page) == []


async def test_two_drafts_side_by_side_in_their_form(
    page: Page, server: Server, cast: Cast, places: dict[str, str]
) -> None:
    await enter(page, server, cast.bob)
    for path, subject, field in (
        ("/posts/new", "new", "#field-body"),
        (
            places["thread"],
            f"reply:{places['post'].strip('/').replace('posts/', 'post:')}",
            "#write textarea",
        ),
    ):
        await page.goto(path)
        answer = await page.request.put(
            f"/api/v1/drafts/{subject}", data={"title": "A", "body": "Elsewhere."}
        )
        assert answer.ok
        await page.locator(field).fill("Here.")
        await page.locator(".draft-choice").wait_for()
        assert await faults(page) == []


async def test_a_new_token_beside_others(page: Page, server: Server, cast: Cast) -> None:
    await enter(page, server, cast.ada)
    await lend(cast.ada, "read", "admin")
    await lend(cast.ada, "read", expires_at=datetime.now(UTC))
    await page.goto("/settings/tokens")
    await page.get_by_label("Name").fill("My reader")
    await page.get_by_role("button", name="Make token").click()
    await page.get_by_role("button", name="Copy").wait_for()
    assert await faults(page) == []


async def test_codes_at_sign_in_step_by_step(page: Page, server: Server, cast: Cast) -> None:
    await enter(page, server, cast.alice)
    await page.goto("/settings/two-factor")
    await page.get_by_label("Your password").fill(PASSWORD)
    await page.get_by_role("button", name="Set it up").click()
    app = App(await page.locator(".factor code").text_content() or "")
    assert await faults(page) == []
    await page.get_by_label("The code that it shows").fill(app.code())
    await page.get_by_role("button", name="Turn codes on").click()
    await page.locator(".recovery-codes").wait_for()
    assert await faults(page) == []
    await page.get_by_role("button", name="Turn codes off").click()
    await page.locator("main [aria-invalid]").first.wait_for()
    assert await faults(page) == []
    await page.get_by_role("button", name="Sign out").first.click()
    await page.goto("/sign-in")
    await page.get_by_label("Email").fill(cast.alice.email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_label("Code").fill(app.wrong())
    assert await faults(page) == []
    await page.get_by_role("button", name="Sign in").click()
    await page.locator("main [aria-invalid]").wait_for()
    assert await faults(page) == []


async def test_open_and_unsent_things_of_a_thread(
    page: Page, server: Server, cast: Cast, places: dict[str, str]
) -> None:
    await enter(page, server, cast.bob)
    await page.goto(places["thread"])
    comment = page.locator(".comment").first
    await page.locator("live-status", has_text="Live").wait_for()
    await comment.locator("details.react summary").first.click()
    assert await faults(page) == []
    await comment.get_by_role("link", name="Reply").first.click()
    await page.route("**/api/v1/posts/*/comments", lambda route: route.abort())
    await page.locator("#write textarea").fill("Kept.")
    await page.get_by_role("button", name="Post reply").last.click()
    await page.locator(".is-failed").wait_for()
    assert await faults(page) == []


async def test_refusals(page: Page, server: Server, cast: Cast, places: dict[str, str]) -> None:
    for path in (
        f"{places['comment']}/edit",
        "/email-verifications/no-such-token",
        "/password-resets/no-such-token",
    ):
        await page.goto(path)
        assert await faults(page) == []
    await enter(page, server, cast.mallory)
    await page.goto(f"{places['comment']}/edit")
    assert await faults(page) == []


async def test_the_jobs_that_admins_see(page: Page, server: Server, cast: Cast) -> None:
    await enter(page, server, cast.ada)
    await page.goto("/admin/jobs")
    assert await faults(page) == []
    await DB.fetch(EVERY_STATE)
    await page.goto("/admin/jobs?saved=retried")
    await page.get_by_text("Drop all", exact=True).click()


async def test_the_page_that_stops_mails(page: Page, cast: Cast) -> None:
    link = (await link_to_leave(REGISTRATIONS, cast.ada.id)).removeprefix(settings.address)
    await page.goto(link)
    assert await faults(page) == []
    await page.get_by_role("button", name="Stop them").click()
    await page.get_by_role("button", name="Get them again").wait_for()
    assert await faults(page) == []
    await page.goto(link + "x")
    assert await faults(page) == []


async def test_the_first_admins_link(page: Page, cast: Cast) -> None:
    await DB.fetch("UPDATE users SET role = 'member'")
    await page.goto(f"/set-up/{await offer_link()}")
    assert await faults(page) == []
    await page.goto("/set-up/no-such-link")
    assert await faults(page) == []
