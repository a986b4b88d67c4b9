"""Two browsers on one thread: what one writes stands in the other without a reload."""

import re
from collections.abc import Callable

import httpx
from playwright.async_api import expect

from tests.browser.conftest import Opens
from tests.browser.writing import Writer
from tests.cast import Cast, Member
from tests.pictures import picture
from tests.serving import Server


async def test_a_reply_stands_in_the_other_browser(read: Opens, server: Server, cast: Cast) -> None:
    post = await Writer(server, cast.alice).post()
    alice = await read(post["url"], cast.alice)
    bob = await read(post["url"], cast.bob)
    await alice.is_live()
    await expect(alice.count).to_have_text("0 replies")

    await bob.reply("Bread with **walnuts**.")

    reply = alice.comment("Bread with walnuts.")
    await expect(reply).to_be_visible()
    await expect(reply.locator("[data-slot=name]")).to_have_text("Bob")
    await expect(reply.locator("[data-slot=body] strong")).to_have_text("walnuts")
    await expect(reply.locator("time")).to_have_text("just now")
    await expect(reply.locator("[data-action=edit]")).to_be_hidden()
    await expect(alice.count).to_have_text("1 reply")
    await expect(bob.count).to_have_text("1 reply")
    await expect(bob.page.locator(".comment")).to_have_count(1)


async def test_an_edit_a_removal_and_its_undo_are_seen(read: Opens, server: Server, cast: Cast) -> None:
    bob = Writer(server, cast.bob)
    post = await bob.post()
    number = await bob.comment(post, "Rye.")
    answer = await bob.comment(post, "With seeds.", number)
    alice = await read(post["url"], cast.alice)
    body = alice.item(number).locator("> article [data-slot=body]")
    await alice.is_live()

    await bob.edit(number, "Wheat, in fact.")
    await expect(body).to_have_text("Wheat, in fact.")
    await expect(alice.item(number).locator("> article [data-slot=edited]")).to_be_visible()

    await bob.remove(number)
    await expect(body).to_have_text("Removed by its author.")
    await expect(alice.item(answer)).to_contain_text("With seeds.")
    await expect(alice.count).to_have_text("1 reply")

    await bob.restore(number)
    await expect(body).to_have_text("Wheat, in fact.")
    await expect(alice.count).to_have_text("2 replies")


async def test_one_removes_and_brings_back_a_reply_in_place(read: Opens, server: Server, cast: Cast) -> None:
    writer = Writer(server, cast.bob)
    post = await writer.post()
    number = await writer.comment(post, "Rye.")
    bob = await read(post["url"], cast.bob)
    alice = await read(post["url"], cast.alice)
    await bob.is_live()
    await alice.is_live()
    own = bob.item(number)

    await own.hover()
    await own.get_by_role("button", name="Remove").click()
    await expect(own).to_contain_text("Removed by its author.")
    await expect(alice.item(number)).to_contain_text("Removed by its author.")
    await expect(alice.item(number).get_by_role("button", name="Undo")).to_be_hidden()
    await expect(bob.count).to_have_text("0 replies")

    await own.get_by_role("button", name="Undo").click()
    await expect(own.locator("[data-slot=body]")).to_have_text("Rye.")
    await expect(alice.item(number).locator("[data-slot=body]")).to_have_text("Rye.")
    await expect(bob.count).to_have_text("1 reply")
    await expect(alice.count).to_have_text("1 reply")
    assert "/posts/" in bob.page.url


async def test_a_removal_that_fails_is_said_beside_the_reply(read: Opens, server: Server, cast: Cast) -> None:
    writer = Writer(server, cast.bob)
    post = await writer.post()
    number = await writer.comment(post, "Rye.")
    bob = await read(post["url"], cast.bob)
    await bob.page.route(f"**/api/v1/comments/{number}", lambda route: route.abort())

    await bob.item(number).hover()
    await bob.item(number).get_by_role("button", name="Remove").click()

    await expect(bob.item(number).locator("[data-slot=state]")).to_have_text(
        "Not removed. There is no connection."
    )
    await expect(bob.item(number).locator("[data-slot=body]")).to_have_text("Rye.")


async def test_the_post_itself_changes_and_goes(read: Opens, server: Server, cast: Cast) -> None:
    writer = Writer(server, cast.bob)
    post = await writer.post("A title", "Some words.")
    alice = await read(post["url"], cast.alice)
    await alice.is_live()

    await writer.edit_post(post, title="A better title", body="Other *words*.")
    await expect(alice.page.locator("h1")).to_have_text("A better title")
    await expect(alice.page.locator(".post [data-slot=body]")).to_have_text("Other words.")
    await expect(alice.page).to_have_title("A better title · Hubbub")

    await writer.remove_post(post)
    await expect(alice.page.locator(".post [data-slot=body]")).to_have_text("This post was removed.")
    await expect(alice.composer).to_be_hidden()

    await writer.restore_post(post)
    await expect(alice.page.locator(".post [data-slot=body]")).to_have_text("Other words.")
    await expect(alice.composer).to_be_visible()


async def test_replies_stand_under_what_they_answer_in_order(read: Opens, server: Server, cast: Cast) -> None:
    bob = Writer(server, cast.bob)
    post = await bob.post()
    first, second = await bob.comments(post, 2)
    alice = await read(post["url"], cast.alice)
    await alice.is_live()

    under_first = await bob.comment(post, "To the first", first)
    third = await bob.comment(post, "The third")
    again = await bob.comment(post, "To the first again", first)

    await expect(alice.item(third)).to_be_attached()
    await expect(alice.news).to_have_text("3 new replies")
    await alice.news.click()
    await expect(alice.item(first).locator("> ol > .comment")).to_have_count(2)
    assert await alice.order() == [first, under_first, again, second, third]
    assert await alice.item(under_first).get_attribute("data-depth") == "1"
    await expect(alice.count).to_have_text("5 replies")


async def test_what_is_too_deep_is_counted_where_the_branch_goes_on(
    read: Opens, server: Server, cast: Cast
) -> None:
    bob = Writer(server, cast.bob)
    post = await bob.post()
    chain: list[int] = []
    for depth in range(8):
        chain.append(await bob.comment(post, f"At depth {depth}", chain[-1] if chain else None))
    alice = await read(post["url"], cast.alice)
    branch = await read(f"/comments/{chain[6]}", cast.alice)
    await alice.is_live()
    await branch.is_live()
    await expect(alice.item(chain[6]).locator("> .comment-more")).to_be_visible()
    await expect(alice.item(chain[7])).to_have_count(0)

    deeper = await bob.comment(post, "Deeper still", chain[7])

    await expect(alice.count).to_have_text("9 replies")
    await expect(branch.item(deeper)).to_contain_text("Deeper still")
    await expect(alice.item(deeper)).to_have_count(0)


async def test_the_first_replies_that_are_too_deep_open_a_way_to_them(
    read: Opens, server: Server, cast: Cast
) -> None:
    bob = Writer(server, cast.bob)
    post = await bob.post()
    chain: list[int] = []
    for depth in range(7):
        chain.append(await bob.comment(post, f"At depth {depth}", chain[-1] if chain else None))
    alice = await read(post["url"], cast.alice)
    await alice.is_live()
    more = alice.item(chain[6]).locator("> .comment-more")
    await expect(more).to_be_hidden()

    deep = await bob.comment(post, "Too deep", chain[6])
    await expect(more).to_have_text("Continue this branch (1 reply)")
    await bob.comment(post, "Deeper still", deep)
    await expect(more).to_have_text("Continue this branch (2 replies)")
    await expect(more.get_by_role("link")).to_have_attribute("href", f"/comments/{chain[6]}")
    await expect(alice.count).to_have_text("9 replies")


async def test_faces_and_ways_to_people_come_with_what_is_new(
    read: Opens, server: Server, cast: Cast, as_: Callable[[Member], httpx.AsyncClient]
) -> None:
    files = {"file": ("face.png", picture(), "image/png")}
    answer = await as_(cast.bob).put(f"/api/v1/users/{cast.bob.id}/avatar", files=files)
    assert answer.is_success, answer.text
    post = await Writer(server, cast.alice).post()
    alice = await read(post["url"], cast.alice)
    await alice.is_live()
    bob = await read(post["url"], cast.bob)
    await bob.is_live()

    await bob.reply("Here I am.")
    reply = alice.comment("Here I am.")
    await expect(reply.locator("[data-slot=name]")).to_have_attribute("href", "/@bob")
    face = reply.locator("[data-slot=face] img")
    await expect(face).to_have_attribute("src", re.compile(r"^/uploads/[0-9a-f]{32}-64\.webp$"))
    assert await face.evaluate("image => image.decode().then(() => image.naturalWidth)") == 64

    await Writer(server, cast.mallory).comment(post, "I have none.")
    without = alice.comment("I have none.")
    await expect(without.locator("[data-slot=face]")).to_have_text("M")
    await expect(without.locator("[data-slot=face]")).to_have_class(re.compile(f"hue-{cast.mallory.id % 12}"))
    await reply.locator("[data-slot=name]").click()
    await expect(alice.page).to_have_url(re.compile("/@bob$"))
