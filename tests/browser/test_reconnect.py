"""Servers that die, networks that go: the page says so, comes back by itself, and misses nothing."""

import re
from collections.abc import Callable

import pytest
from playwright.async_api import expect

from app.comments.removing import remove_comment
from app.comments.schemas import CommentChange, NewComment
from app.comments.services import edit_comment, post_comment
from app.database.engine import Engine
from tests.browser.conftest import Opens
from tests.browser.writing import Writer
from tests.cast import Cast
from tests.serving import Server

UNTIL = re.compile(r"Offline: showing what arrived until \d\d:\d\d")

Serve = Callable[..., Server]


async def test_a_killed_server_comes_back_and_nothing_is_missing(
    read: Opens, serve: Serve, cast: Cast
) -> None:
    server = serve()
    bob = Writer(server, cast.bob)
    post = await bob.post()
    edited, removed = await bob.comments(post, 2)
    alice = await read(post["url"], cast.alice, at=server)
    await alice.is_live()

    server.kill()
    await expect(alice.status).to_have_text(UNTIL)
    # Another process of the same community goes on.
    new = [await post_comment(cast.bob.viewer, post["id"], NewComment(body=f"Away {n}")) for n in range(3)]
    await edit_comment(cast.bob.viewer, edited, CommentChange(body="Changed while away"))
    await remove_comment(cast.bob.viewer, removed)
    server.start()

    await alice.is_live()
    await expect(alice.item(edited)).to_contain_text("Changed while away")
    await expect(alice.item(removed)).to_contain_text("Removed by its author.")
    assert await alice.order() == [edited, removed, *[comment.id for comment, _ in new]]
    await expect(alice.count).to_have_text("4 replies")

    await bob.comment(post, "And on it goes")
    await expect(alice.comment("And on it goes")).to_be_visible()


async def test_without_a_network_the_page_says_so_and_then_catches_up(
    read: Opens, server: Server, cast: Cast
) -> None:
    bob = Writer(server, cast.bob)
    post = await bob.post()
    alice = await read(post["url"], cast.alice)
    await alice.is_live()

    await alice.page.context.set_offline(True)
    await expect(alice.status).to_have_text(UNTIL)
    await expect(alice.status).to_have_attribute("data-state", "offline")
    number = await bob.comment(post, "Written meanwhile")
    await alice.reply("Words in a tunnel")
    await expect(alice.page.locator(".is-failed")).to_contain_text("There is no connection.")
    await expect(alice.item(number)).to_have_count(0)

    await alice.page.context.set_offline(False)
    await alice.is_live()
    await expect(alice.item(number)).to_be_visible()
    # What only lacked a connection goes by itself.
    await expect(alice.comment("Words in a tunnel")).to_be_visible()
    await expect(alice.page.locator(".is-failed, .is-sending")).to_have_count(0)
    await expect(alice.count).to_have_text("2 replies")


@pytest.mark.parametrize("reason", ["pruned", "epoch"])
async def test_a_page_that_lost_its_place_loads_the_thread_again(
    read: Opens, serve: Serve, database: Engine, cast: Cast, reason: str
) -> None:
    server = serve()
    bob = Writer(server, cast.bob)
    post = await bob.post("A title")
    first, second, third = await bob.comments(post, 3)
    alice = await read(post["url"], cast.alice, at=server)
    await alice.is_live()
    await alice.composer.fill("Half a thought")
    await alice.composer.evaluate("area => area.setSelectionRange(1, 4)")
    before = await alice.top_of(alice.composer)

    server.kill()
    await edit_comment(cast.bob.viewer, first, CommentChange(body="Changed while away"))
    await remove_comment(cast.bob.viewer, second)
    fourth, _ = await post_comment(cast.bob.viewer, post["id"], NewComment(body="New", parent_id=third))
    if reason == "pruned":
        await _prune(database, post["id"])
    else:
        await _restore_from_a_backup(database, third)
    server.start()
    await alice.hurry()

    await alice.is_live()
    await expect(alice.item(first)).to_contain_text("Changed while away")
    await expect(alice.item(second)).to_contain_text("Removed by its author.")
    if reason == "pruned":
        await expect(alice.item(third).locator(f"#comment-{fourth.id}")).to_be_attached()
        await expect(alice.count).to_have_text("3 replies")
    else:
        await expect(alice.item(third)).to_have_count(0)
        await expect(alice.count).to_have_text("1 reply")
    await expect(alice.composer).to_be_focused()
    await expect(alice.composer).to_have_value("Half a thought")
    assert await alice.composer.evaluate("area => [area.selectionStart, area.selectionEnd]") == [1, 4]
    assert await alice.top_of(alice.composer) == pytest.approx(before, abs=1) or reason == "epoch"

    number = await bob.comment(post, "And on it goes")
    await expect(alice.item(number)).to_be_visible()


async def _prune(database: Engine, post_id: int) -> None:
    """All events of the post are older than what is kept."""
    name = f"post:{post_id}"
    await database.fetch("DELETE FROM events WHERE channel = $1", name)
    await database.fetch("UPDATE channels SET floor = seq WHERE name = $1", name)


async def _restore_from_a_backup(database: Engine, lost: int) -> None:
    """Another log: numbered afresh, without a comment that was there."""
    await database.fetch("DELETE FROM comments WHERE id = $1 OR parent = $1", lost)
    await database.fetch("UPDATE installation SET id = gen_random_uuid()")
