"""Removed text in pages, lists, feeds, searches, caches and replays: gone from each, where it stood before."""

from collections.abc import Callable

import httpx

from tests.api import BASE
from tests.cast import Cast, Member
from tests.writers import open_thread, write

Clients = Callable[[Member], httpx.AsyncClient]

SECRET = "somethingthatshouldnothavebeensaid"


async def stands_at(client: httpx.AsyncClient, post: int, comment: int, known: dict[str, str]) -> set[str]:
    """Where the words can be read; who has an answer already asks whether it still holds."""
    paths = [
        "/",
        "/feed.atom",
        f"/posts/{post}/feed.atom",
        f"/posts/{post}",
        "/@bob/comments",
        "/@bob",
        f"/comments/{comment}",
        f"{BASE}/posts",
        f"{BASE}/posts/{post}",
        f"{BASE}/posts/{post}/comments",
        f"{BASE}/posts?q={SECRET}",
        f"{BASE}/comments/{comment}",
        f"{BASE}/comments/{comment}/revisions",
        f"{BASE}/channels/post:{post}/events?after=0",
        f"{BASE}/channels/posts/events?after=0",
    ]
    found = set()
    for path in paths:
        headers = {"If-None-Match": known[path]} if path in known else {}
        answer = await client.get(path, headers=headers, follow_redirects=True)
        assert answer.status_code < 500
        known[path] = answer.headers.get("etag", '"none"')
        if answer.status_code == 304 or SECRET in answer.text.replace(f"q={SECRET}", ""):
            found.add(path)
    return found


async def test_a_removed_comment_is_read_nowhere(cast: Cast, as_: Clients, client: httpx.AsyncClient) -> None:
    post = await open_thread(cast.alice)
    comment = await write(cast.bob, post, SECRET)
    readers = {"nobody": client, "mallory": as_(cast.mallory)}
    known: dict[str, dict[str, str]] = {name: {} for name in readers}
    for name, reader in readers.items():
        before = await stands_at(reader, post, comment, known[name])
        assert {
            f"{BASE}/posts/{post}/comments",
            f"/posts/{post}/feed.atom",
            f"{BASE}/comments/{comment}",
        } <= before
    assert (await as_(cast.bob).delete(f"{BASE}/comments/{comment}")).status_code == 204
    for name, reader in readers.items():
        answers = {
            path: (await reader.get(path, follow_redirects=True)).text
            for path in known[name]
            if f"q={SECRET}" not in path
        }
        assert not [path for path, text in answers.items() if SECRET in text]
        stale = {
            path
            for path in (
                f"{BASE}/posts/{post}/comments",
                f"/posts/{post}/feed.atom",
                f"{BASE}/comments/{comment}",
            )
            if (await reader.get(path, headers={"If-None-Match": known[name][path]})).status_code == 304
        }
        assert not stale, "a kept copy does not hold any more"
    moderator = await as_(cast.mona).get(f"{BASE}/comments/{comment}/revisions")
    assert SECRET in moderator.text, "the neighbour who may"
