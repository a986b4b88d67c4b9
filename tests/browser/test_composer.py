"""One's own words: on the screen at once, kept whatever fails, and never there twice."""

import asyncio

import pytest
from playwright.async_api import Route, expect

from tests.browser.conftest import Opens
from tests.browser.reading import Reader
from tests.browser.writing import Writer
from tests.cast import Cast
from tests.serving import Server


@pytest.fixture
async def alice(read: Opens, server: Server, cast: Cast) -> Reader:
    """Alice, on an empty thread of bob's."""
    post = await Writer(server, cast.bob).post()
    reader = await read(post["url"], cast.alice)
    await reader.is_live()
    return reader


async def test_it_is_there_before_the_server_has_answered(alice: Reader) -> None:
    may_go = asyncio.Event()

    async def wait(route: Route) -> None:
        await may_go.wait()
        await route.fallback()

    await alice.page.route("**/api/v1/posts/*/comments", wait)
    await alice.reply("First line\nsecond *line*")

    item = alice.page.locator(".comment")
    await expect(item).to_have_class("comment is-own is-sending")
    await expect(item.locator("[data-slot=state]")).to_have_text("Sending…")
    assert await item.locator("[data-slot=body]").inner_html() == "<p>First line<br>second *line*</p>"
    await expect(item.locator("[data-slot=name]")).to_have_text("Alice")
    await expect(alice.composer).to_have_value("")

    may_go.set()
    await expect(item).to_have_class("comment is-own")
    await expect(item.locator("[data-slot=body] em")).to_have_text("line")
    await expect(item).to_have_count(1)
    await expect(item.locator("[data-slot=state]")).to_be_hidden()
    await expect(item.get_by_role("link", name="Edit")).to_have_attribute(
        "href", _edit_of(await item.get_attribute("id"))
    )


async def test_the_event_may_come_before_the_answer(alice: Reader) -> None:
    may_answer = asyncio.Event()

    async def answer_late(route: Route) -> None:
        response = await route.fetch()
        await may_answer.wait()
        await route.fulfill(response=response)

    await alice.page.route("**/api/v1/posts/*/comments", answer_late)
    await alice.reply("Both ways")

    await expect(alice.page.locator(".comment")).to_have_class("comment is-own")
    async with alice.page.expect_response("**/api/v1/posts/*/comments"):
        may_answer.set()
    await expect(alice.count).to_have_text("1 reply")
    await expect(alice.page.locator(".comment")).to_have_count(1)


async def test_what_fails_stays_says_why_and_is_sent_again(alice: Reader) -> None:
    await alice.fail_posts()
    await alice.reply("Words to keep")
    item = alice.page.locator(".comment")
    await expect(item).to_have_class("comment is-own is-failed")
    await expect(item.locator("[data-slot=state]")).to_contain_text("Not sent: There is no connection.")

    await alice.let_posts()
    await item.get_by_role("button", name="Send again").click()

    await expect(item).to_have_class("comment is-own")
    await expect(alice.count).to_have_text("1 reply")
    await alice.page.reload()
    await expect(alice.page.locator(".comment")).to_have_count(1)


async def test_what_failed_survives_a_reload(alice: Reader) -> None:
    await alice.fail_posts()
    await alice.reply("Words to keep")
    await expect(alice.page.locator(".is-failed")).to_be_visible()

    await alice.page.reload()
    item = alice.page.locator(".comment")
    await expect(item).to_have_class("comment is-own is-failed")
    await expect(item).to_contain_text("Words to keep")
    # From then on nothing goes out by itself for a while.
    await alice.is_live()
    await expect(item).to_have_class("comment is-own is-failed")
    await alice.let_posts()
    await item.get_by_role("button", name="Send again").click()

    await expect(item).to_have_class("comment is-own")
    await alice.page.reload()
    await expect(alice.page.locator(".comment")).to_have_count(1)
    await expect(alice.page.locator(".is-failed")).to_have_count(0)


async def test_an_answer_that_was_lost_is_not_posted_twice(alice: Reader) -> None:
    async def lose_the_answer(route: Route) -> None:
        await route.fetch()
        await route.abort("connectionfailed")

    await alice.page.route("**/live", lambda route: route.abort())
    await alice.page.route("**/api/v1/posts/*/comments", lose_the_answer)
    await alice.reply("Once only")
    await expect(alice.page.locator(".comment")).to_contain_text("Once only")
    await alice.let_posts()

    await alice.page.reload()
    await expect(alice.page.locator(".comment")).to_have_count(1)
    await expect(alice.page.locator(".comment")).to_have_class("comment is-own")
    await expect(alice.count).to_have_text("1 reply")


async def test_a_failed_one_can_be_taken_back_to_change_it(alice: Reader) -> None:
    await alice.fail_posts()
    await alice.reply("Wrods")
    await alice.composer.fill("And more")
    await alice.page.locator(".comment").get_by_role("button", name="Edit").click()

    await expect(alice.composer).to_have_value("Wrods\n\nAnd more")
    await expect(alice.composer).to_be_focused()
    await expect(alice.page.locator(".comment")).to_have_count(0)
    await alice.let_posts()
    await alice.reply("Words")
    await expect(alice.page.locator(".comment")).to_have_class("comment is-own")


@pytest.mark.parametrize(
    ("status", "code", "headers", "words"),
    [
        (401, "unauthenticated", {}, "You are signed out."),
        (409, "locked", {}, "Because."),
        (422, "too_long", {}, "Because."),
        (429, "rate_limited", {"Retry-After": "7"}, "it goes out by itself in 7 seconds."),
        (500, "internal", {}, "Something broke on our side."),
    ],
)
async def test_a_refusal_is_a_sentence(
    alice: Reader, status: int, code: str, headers: dict[str, str], words: str
) -> None:
    envelope = {
        "success": False,
        "message": "No.",
        "errors": [{"field": None, "code": code, "message": "Because."}],
    }
    await alice.fail_posts(status, json=envelope, headers=headers)
    await alice.reply("Words to keep")

    state = alice.page.locator(".is-failed [data-slot=state]")
    await expect(state).to_contain_text(words)
    await expect(state).to_contain_text("Your words are kept here.")
    await expect(state.get_by_role("link", name="Sign in")).to_have_count(int(status == 401))


async def test_a_key_that_was_used_is_replaced(alice: Reader) -> None:
    key = await alice.page.locator("#write input[name=key]").input_value()
    reply = {"body": "Other words", "key": key}
    await alice.page.request.post(f"{_api(alice)}/comments", data=reply)
    await alice.reply("These words")
    await expect(alice.comment("These words")).to_be_visible()
    await expect(alice.page.locator(".is-sending, .is-failed")).to_have_count(0)
    await expect(alice.count).to_have_text("2 replies")


async def test_ctrl_enter_sends_and_focus_stays(alice: Reader) -> None:
    await alice.composer.fill("By keyboard")
    await alice.composer.press("Control+Enter")
    await expect(alice.comment("By keyboard")).to_be_visible()
    await expect(alice.composer).to_be_focused()


async def test_nothing_is_not_sent(alice: Reader) -> None:
    await alice.composer.fill("  ")
    await alice.page.get_by_role("button", name="Post reply").click()
    await expect(alice.page.locator("#write [data-slot=error]")).to_have_text("Write something first.")
    await expect(alice.page.locator(".comment")).to_have_count(0)


async def test_a_draft_is_kept_until_it_is_sent(alice: Reader) -> None:
    await alice.composer.fill("Half a thought")
    await expect(alice.page.locator("#write [data-slot=draft]")).to_have_text("Draft saved")
    await alice.page.reload()
    await expect(alice.composer).to_have_value("Half a thought")

    await alice.reply("A whole thought")
    await expect(alice.page.locator(".comment")).to_have_class("comment is-own")
    await alice.page.reload()
    await expect(alice.composer).to_have_value("")


async def test_the_last_words_are_kept_too(alice: Reader) -> None:
    await alice.composer.fill("Typed and gone")
    thread = alice.page.url
    await alice.page.goto("/")
    await alice.page.goto(thread)
    await expect(alice.composer).to_have_value("Typed and gone")


async def test_a_draft_of_a_post_is_kept_until_it_is_published(alice: Reader) -> None:
    await alice.page.goto("/posts/new")
    await alice.page.get_by_label("Title", exact=True).fill("A title")
    await alice.page.get_by_label("Text", exact=True).fill("Some words")
    await alice.page.goto("/posts/new")
    await expect(alice.page.get_by_label("Text", exact=True)).to_have_value("Some words")
    await expect(alice.page.locator("main [data-slot=draft]")).to_have_text("Draft saved")

    await alice.page.get_by_label("Title", exact=True).fill("A")
    await alice.page.get_by_role("button", name="Publish post").click()
    await expect(alice.page.locator(".field-error")).to_be_visible()
    await expect(alice.page.get_by_label("Text", exact=True)).to_have_value("Some words")

    await alice.page.get_by_label("Title", exact=True).fill("A better title")
    await alice.page.get_by_role("button", name="Publish post").click()
    await expect(alice.page.locator("h1")).to_have_text("A better title")
    await alice.page.goto("/posts/new")
    await expect(alice.page.get_by_label("Text", exact=True)).to_have_value("")


async def test_a_reply_is_written_under_what_it_answers(read: Opens, server: Server, cast: Cast) -> None:
    bob = Writer(server, cast.bob)
    post = await bob.post()
    first, second = await bob.comments(post, 2)
    alice = await read(post["url"], cast.alice)
    link = alice.item(first).get_by_role("link", name="Reply")

    await link.click()
    form = alice.item(first).locator("form.composer")
    await expect(form.get_by_label("Reply to Bob")).to_be_focused()
    await form.locator("textarea").fill("Not finished")
    await form.locator("textarea").press("Escape")
    await expect(form).to_have_count(0)
    await expect(link).to_be_focused()

    await link.click()
    await expect(form.locator("textarea")).to_have_value("Not finished")
    await form.locator("textarea").fill("Finished")
    await form.get_by_role("button", name="Post reply").click()

    await expect(alice.item(first).locator("ol .comment")).to_contain_text("Finished")
    await expect(form).to_have_count(0)
    await expect(alice.count).to_have_text("3 replies")
    answer = (
        await alice.item(first).locator("ol .comment.is-own:not(.is-sending)").get_attribute("data-parent")
    )
    assert answer == str(first)
    assert await alice.composer.input_value() == ""
    await expect(alice.item(second)).to_be_visible()


async def test_words_of_somebody_without_an_account_are_posted_after_sign_up(
    read: Opens, server: Server, cast: Cast
) -> None:
    post = await Writer(server, cast.bob).post()
    carol = await read(post["url"])
    await carol.reply("I would bake too")
    await carol.page.wait_for_url("**/sign-up*")
    await expect(carol.page.locator("blockquote")).to_have_text("I would bake too")

    await _sign_up(carol)

    await expect(carol.comment("I would bake too").locator("[data-slot=name]")).to_have_text("Carol")
    await expect(carol.composer).to_have_value("")
    await expect(carol.count).to_have_text("1 reply")


async def test_words_of_somebody_who_does_not_sign_up_are_still_there(
    read: Opens, server: Server, cast: Cast
) -> None:
    post = await Writer(server, cast.bob).post()
    carol = await read(post["url"])
    await carol.reply("I would bake too")
    await carol.page.wait_for_url("**/sign-up*")
    await carol.page.goto(post["url"])
    await expect(carol.composer).to_have_value("I would bake too")


async def _sign_up(reader: Reader) -> None:
    await reader.page.locator("input[name=username]").fill("carol")
    await reader.page.locator("input[name=name]").fill("Carol")
    await reader.page.locator("input[name=email]").fill("carol@example.org")
    await reader.page.locator("input[name=password]").fill("a very long pass phrase")
    await reader.page.locator("main form button").last.click()
    await reader.page.wait_for_url("**/posts/**")


def _api(reader: Reader) -> str:
    number = reader.page.url.split("/posts/")[1].split("/")[0]
    return f"/api/v1/posts/{number}"


def _edit_of(element_id: str | None) -> str:
    return f"/comments/{(element_id or '').removeprefix('comment-')}/edit"


async def test_too_much_at_once_waits_and_goes_out_by_itself(alice: Reader) -> None:
    often = {
        "success": False,
        "message": "…",
        "errors": [{"field": None, "code": "rate_limited", "message": "…"}],
    }
    refused = 0

    async def refuse_twice(route: Route) -> None:
        nonlocal refused
        refused += 1
        if refused > 2:
            await route.fallback()
        else:
            await route.fulfill(status=429, headers={"Retry-After": "1"}, json=often)

    await alice.page.route("**/api/v1/posts/*/comments", refuse_twice)
    await alice.reply("Patient words")

    item = alice.page.locator(".comment")
    state = item.locator("[data-slot=state]")
    await expect(state).to_contain_text(
        "Not sent: That was a lot at once; it goes out by itself in 1 second."
    )
    await expect(item).to_have_class("comment is-own")
    await expect(alice.count).to_have_text("1 reply")
    assert refused == 3
