"""Mass assignment: fields that are not for the sender to set, slipped in by JSON and by form."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.database.engine import DB
from tests.admin.asking import open_panel
from tests.api import BASE, fields, refused, shown
from tests.cast import PASSWORD, Cast, Member
from tests.writers import open_thread, write

Clients = Callable[[Member], httpx.AsyncClient]

NEW: dict[str, Any] = {
    "username": "grace",
    "name": "Grace",
    "email": "grace@example.org",
    "password": PASSWORD,
}
OF_USERS = [
    "id",
    "role",
    "activated_at",
    "admin_notes",
    "posts_count",
    "created_at",
    "left_at",
    "is_admin",
    "__class__",
]
OF_POSTS = ["id", "author", "author_id", "pinned", "locked", "removed", "removed_at", "locked_at", "comments_count",
            "reactions", "created_at", "body_html", "seq", "last_activity_at"]  # fmt: skip
OF_COMMENTS = ["id", "author", "post_id", "depth", "removed", "body_html", "created_at", "seq", "reactions"]
# Of whatever type the field may be, the value would do harm.
VALUES: dict[str, Any] = {
    "role": "admin",
    "id": 1,
    "author": 1,
    "pinned": True,
    "locked": True,
    "body_html": "<script>",
}


def harm(name: str) -> Any:
    return VALUES.get(name, "2020-01-01T00:00:00Z" if name.endswith("_at") else 1)


@pytest.mark.parametrize("name", OF_USERS)
async def test_a_registration_by_json(client: httpx.AsyncClient, database, name: str) -> None:
    answer = await client.post(f"{BASE}/registrations", json={**NEW, name: harm(name)})
    assert fields(refused(answer, 400, "unknown_field")) == {name: "unknown_field"}
    answer = await client.post(f"{BASE}/registrations", json={**NEW, "profile": {name: harm(name)}})
    assert fields(refused(answer, 400, "unknown_field")) == {f"profile.{name}": "unknown_field"}
    assert not await DB.fetch("SELECT FROM users")
    assert shown(await client.post(f"{BASE}/registrations", json=NEW), 201)["role"] == "member"


async def test_a_registration_by_form(client: httpx.AsyncClient, database) -> None:
    data = {
        **NEW,
        **{name: str(harm(name)) for name in OF_USERS},
        "profile.role": "admin",
        "profile[role]": "admin",
    }
    assert (await client.post("/sign-up", data=data)).status_code == 303
    [row] = await DB.fetch("SELECT role, activated_at, admin_notes, posts_count, left_at FROM users")
    assert tuple(row) == ("member", None, "", 0, None)


@pytest.mark.parametrize("name", [*OF_USERS, "email", "password", "username", "avatar_url"])
async def test_a_profile_by_json(cast: Cast, as_: Clients, name: str) -> None:
    mallory, place = as_(cast.mallory), f"{BASE}/users/{cast.mallory.id}"
    refused(await mallory.patch(place, json={"name": "Mal", name: harm(name)}), 400, "unknown_field")
    refused(
        await mallory.patch(place, json={"profile": {"bio": "x", name: harm(name)}}), 400, "unknown_field"
    )
    user = shown(await mallory.patch(place, json={"name": "Mal"}))
    assert (user["name"], user["role"], user["email"]) == ("Mal", "member", cast.mallory.email)


async def test_a_profile_by_form(cast: Cast, as_: Clients) -> None:
    data = {
        "name": "Mal",
        "bio": "x",
        **{name: str(harm(name)) for name in OF_USERS},
        "email": "x@example.org",
    }
    assert (await as_(cast.mallory).post("/settings", data=data)).status_code == 303
    user = shown(await as_(cast.mallory).get(f"{BASE}/me"))
    assert (user["name"], user["role"], user["email"], user["id"]) == (
        "Mal", "member", cast.mallory.email, cast.mallory.id,
    )  # fmt: skip


@pytest.mark.parametrize("name", OF_POSTS)
async def test_a_post_by_json(cast: Cast, as_: Clients, name: str) -> None:
    mallory, words = as_(cast.mallory), {"title": "A title", "body": "Words."}
    refused(await mallory.post(f"{BASE}/posts", json={**words, name: harm(name)}), 400, "unknown_field")
    made = shown(await mallory.post(f"{BASE}/posts", json=words), 201)
    refused(await mallory.patch(f"{BASE}/posts/{made['id']}", json={name: harm(name)}), 400, "unknown_field")


@pytest.mark.parametrize("name", OF_COMMENTS)
async def test_a_comment_by_json(cast: Cast, as_: Clients, name: str) -> None:
    mallory, post = as_(cast.mallory), await open_thread(cast.alice)
    place = f"{BASE}/posts/{post}/comments"
    refused(await mallory.post(place, json={"body": "Words.", name: harm(name)}), 400, "unknown_field")
    made = shown(await mallory.post(place, json={"body": "Words."}), 201)
    refused(
        await mallory.patch(f"{BASE}/comments/{made['id']}", json={name: harm(name)}), 400, "unknown_field"
    )


async def test_posts_and_comments_by_form(cast: Cast, as_: Clients) -> None:
    mallory, post = as_(cast.mallory), await open_thread(cast.alice)
    extra = {name: str(harm(name)) for name in {*OF_POSTS, *OF_COMMENTS}} | {"author": str(cast.alice.id)}
    words = {"title": "A title", "body": "Words."}
    assert (await mallory.post("/posts", data={**extra, **words})).status_code == 303
    assert (
        await mallory.post(f"/posts/{post}/comments", data={**extra, "body": "Words."})
    ).status_code == 303
    [row] = await DB.fetch(
        "SELECT author, locked_at, removed_at, comments_count FROM posts WHERE id <> $1", post
    )
    assert tuple(row) == (cast.mallory.id, None, None, 0)
    [row] = await DB.fetch("SELECT author, post, depth, removed_at FROM comments")
    assert tuple(row) == (cast.mallory.id, post, 0, None)


async def test_the_body_names_nobody_else(cast: Cast, as_: Clients) -> None:
    """What is one's own is told by who asks, not by what they send."""
    comment = await write(cast.alice, await open_thread(cast.alice), "words")
    mallory = as_(cast.mallory)
    for method, path, body in (
        ("PUT", "/me/password", {"current": PASSWORD, "password": "another long one"}),
        ("PUT", "/me/email", {"password": PASSWORD, "email": "mal@example.org"}),
        ("POST", "/tokens", {"name": "x", "scopes": ["read"]}),
        ("PATCH", f"/comments/{comment}", {"body": "Mine."}),
    ):
        answer = await mallory.request(method, BASE + path, json={**body, "user": cast.alice.id})
        refused(answer, 400, "unknown_field")
    made = shown(await mallory.post(f"{BASE}/tokens", json={"name": "x", "scopes": ["read"]}), 201)
    rows = await DB.fetch('SELECT "user" FROM api_tokens WHERE id = $1', made["id"])
    assert rows[0]["user"] == cast.mallory.id


async def test_the_admin_panel_takes_only_what_it_is_for(cast: Cast, as_: Clients) -> None:
    ada, place = await open_panel(as_(cast.ada)), f"/admin/api/tables/users/{cast.bob.id}/"
    before = await DB.fetch("SELECT * FROM users WHERE id = $1", cast.bob.id)
    for name in ("password", "email", "username", "id", "left_at", "posts_count", "activated_at"):
        answer = await ada.patch(place, json={name: harm(name)})
        assert (
            answer.is_client_error
            or (await DB.fetch("SELECT * FROM users WHERE id = $1", cast.bob.id)) == before
        )
    assert await DB.fetch("SELECT * FROM users WHERE id = $1", cast.bob.id) == before
    assert (await ada.patch(place, json={"role": "moderator"})).status_code == 200
