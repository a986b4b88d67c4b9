"""Leaks through sort, search, completion and caches: what may not be read is not found, counted or kept there."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.database.engine import DB
from app.posts.schemas import NewPost
from app.posts.services import publish_post
from tests.api import BASE, shown
from tests.cast import Cast, Member
from tests.writers import open_thread, write

Clients = Callable[[Member], httpx.AsyncClient]

WORD = "xylophonist"
TAG = "embargoed"


async def publish(author: Member) -> int:
    post, _ = await publish_post(author.viewer, NewPost(title=f"The {WORD}", body=f"A {WORD}.", tags=[TAG]))
    return post.id


async def found(client: httpx.AsyncClient, path: str) -> tuple[list[Any], int]:
    """The ids on the first page of a list, and how many it says there are."""
    answer = await client.get(BASE + path)
    return [thing["id"] for thing in shown(answer)], answer.json()["meta"]["total"]


@pytest.mark.parametrize(
    "path",
    [
        "/posts?sort=active", "/posts?sort=recent", "/posts?sort=popular", f"/posts?tag={TAG}", "/posts?author=alice",
        "/posts?commented_by=bob", f"/posts?q={WORD}",
    ],
)  # fmt: skip
async def test_a_removed_post_is_in_no_sort_and_no_search_and_in_no_count(
    cast: Cast, as_: Clients, client: httpx.AsyncClient, path: str
) -> None:
    post = await publish(cast.alice)
    for number in range(11):
        await write(cast.bob, post, f"Answer {number}")
    readers = [client, as_(cast.mallory)]
    for reader in readers:
        assert await found(reader, path) == ([post], 1), "it was there"
    assert (await as_(cast.alice).delete(f"{BASE}/posts/{post}")).status_code == 204
    for reader in readers:
        assert await found(reader, path) == ([], 0)
    assert (await as_(cast.mona).get(f"{BASE}/posts/{post}")).status_code == 200, "the neighbour who may"


async def test_a_tag_of_removed_posts_tells_that_there_were_some_to_nobody(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    post = await publish(cast.alice)
    assert TAG in (await client.get("/")).text
    assert (await as_(cast.alice).delete(f"{BASE}/posts/{post}")).status_code == 204
    assert TAG not in (await client.get("/")).text
    assert WORD not in (await client.get(f"/tags/{TAG}", follow_redirects=True)).text


@pytest.mark.parametrize("secret", ["@example.org", "alice@", "member", "argon2", "hubbub_"])
async def test_members_are_not_found_by_what_only_they_may_read(
    cast: Cast, as_: Clients, secret: str
) -> None:
    mallory = as_(cast.mallory)
    assert [user["username"] for user in shown(await mallory.get(f"{BASE}/users?q=alic"))] == ["alice"]
    assert shown(await mallory.get(f"{BASE}/users", params={"q": secret})) == []


@pytest.mark.parametrize("sort", ["email", "password", "-email", "admin_notes", "activated_at"])
async def test_no_order_of_members_tells_of_a_hidden_column(cast: Cast, as_: Clients, sort: str) -> None:
    mallory = as_(cast.mallory)
    usual = shown(await mallory.get(f"{BASE}/users?q=m"))
    assert len(usual) > 1
    for name in ("sort", "order", "order_by", "__order"):
        assert shown(await mallory.get(f"{BASE}/users", params={"q": "m", name: sort})) == usual


async def test_names_are_not_completed_for_nobody_or_across_a_block(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    assert (await client.get(f"{BASE}/users?q=ali")).status_code == 401
    bob = as_(cast.bob)
    assert [user["username"] for user in shown(await bob.get(f"{BASE}/users?q=ali"))] == ["alice"]
    shown(await as_(cast.alice).put(f"{BASE}/users/{cast.bob.id}/block"))
    assert shown(await bob.get(f"{BASE}/users?q=ali")) == []
    assert shown(await as_(cast.mallory).get(f"{BASE}/users?q=ali")), "a neighbour still finds her"


async def test_no_cache_that_people_share_may_keep_what_one_of_them_was_shown(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    post = await open_thread(cast.alice)
    style = re.search(r'href="(/static/[^"]+)"', (await client.get("/")).text)
    assert style
    assert "private" not in (await client.get(style[1])).headers["cache-control"], (
        "the neighbour whom all may keep"
    )
    for path in (
        "/",
        f"/posts/{post}",
        "/notifications",
        f"{BASE}/me",
        f"{BASE}/posts",
        f"{BASE}/posts/{post}",
    ):
        answer = await as_(cast.alice).get(path, follow_redirects=True)
        assert answer.status_code == 200
        kept = answer.headers["cache-control"]
        assert "private" in kept or "no-store" in kept, path


async def test_a_kept_copy_of_one_is_not_confirmed_to_another(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    post = await open_thread(cast.alice)
    path = f"{BASE}/posts/{post}"
    hers = (await as_(cast.alice).get(path)).headers["etag"]
    assert (await as_(cast.alice).get(path, headers={"If-None-Match": hers})).status_code == 304
    for other in (client, as_(cast.bob)):
        assert (await other.get(path, headers={"If-None-Match": hers})).status_code == 200


async def test_a_removed_post_is_in_no_replay(cast: Cast, as_: Clients, client: httpx.AsyncClient) -> None:
    post = await publish(cast.alice)
    epoch = (await client.get(f"{BASE}/posts/{post}/comments")).json()["meta"]["epoch"]
    tip = (await DB.fetch("SELECT seq FROM channels WHERE name = 'posts'"))[0]["seq"]
    replays = [
        f"{BASE}/channels/posts/events?after={tip - 1}&epoch={epoch}",
        f"{BASE}/channels/post:{post}/events?after=0&epoch={epoch}",
    ]
    assert WORD in (await client.get(replays[0])).text
    assert (await as_(cast.alice).delete(f"{BASE}/posts/{post}")).status_code == 204
    for path in replays:
        for reader in (client, as_(cast.mallory)):
            assert WORD not in (await reader.get(path)).text
