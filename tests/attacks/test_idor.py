"""Insecure direct object references: an id of another's, named in a nested address, opens nothing."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.accounts.resets import links as resets
from app.database.engine import DB
from tests.api import BASE, refused, shown
from tests.cast import PASSWORD, Cast, Member, second_session
from tests.pictures import picture
from tests.tokens import lend
from tests.writers import open_thread, write

Clients = Callable[[Member], httpx.AsyncClient]


@pytest.fixture
def mallory(cast: Cast, as_: Clients) -> httpx.AsyncClient:
    return as_(cast.mallory)


async def test_sessions_of_another(cast: Cast, as_: Clients, mallory: httpx.AsyncClient) -> None:
    other = await second_session(cast.alice)
    refused(await mallory.delete(f"{BASE}/sessions/{other.session_id}"), 404, "not_found")
    assert (await mallory.post(f"/settings/sessions/{other.session_id}/removal")).status_code == 404
    assert shown(await as_(other).get(f"{BASE}/me"))["username"] == "alice"
    assert (await as_(cast.alice).delete(f"{BASE}/sessions/{other.session_id}")).status_code == 204
    assert (await as_(other).get(f"{BASE}/me")).status_code == 401


async def test_tokens_of_another(
    cast: Cast, as_: Clients, mallory: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    token = await lend(cast.alice, "read")
    refused(await mallory.delete(f"{BASE}/tokens/{token.id}"), 404, "not_found")
    assert (await mallory.post(f"/settings/tokens/{token.id}/removal")).status_code == 404
    assert shown(await client.get(f"{BASE}/me", headers=token.header))["username"] == "alice"
    assert shown(await mallory.get(f"{BASE}/tokens")) == []
    assert (await as_(cast.alice).delete(f"{BASE}/tokens/{token.id}")).status_code == 204
    assert (await client.get(f"{BASE}/me", headers=token.header)).status_code == 401


async def test_the_account_of_another(cast: Cast, as_: Clients, mallory: httpx.AsyncClient) -> None:
    place = f"{BASE}/users/{cast.alice.id}"
    files = {"file": ("a.png", picture("PNG"))}
    own = {"password": PASSWORD, "content": "remove"}
    refused(await mallory.patch(place, json={"name": "Mine"}), 403, "forbidden")
    refused(await mallory.put(f"{place}/avatar", files=files), 403, "forbidden")
    refused(await mallory.delete(f"{place}/avatar"), 403, "forbidden")
    refused(await mallory.put(f"{place}/deletion", json=own), 403, "forbidden")
    refused(await mallory.delete(place), 403, "forbidden")
    refused(await mallory.put(f"{place}/role", json={"role": "admin"}), 403, "forbidden")
    refused(await mallory.put(f"{place}/admin-notes", json={"text": "hello"}), 403, "forbidden")
    for path in (f"/users/{cast.alice.id}/deletion",):
        assert (await mallory.post(path)).status_code == 403
    alice = as_(cast.alice)
    assert shown(await alice.get(place))["name"] == "Alice"
    shown(await alice.put(f"{place}/avatar", files=files))
    assert shown(await alice.patch(place, json={"name": "Al"}))["name"] == "Al"
    shown(await alice.put(f"{place}/deletion", json=own))


async def test_a_comment_under_the_address_of_another_thread(cast: Cast, as_: Clients) -> None:
    here, there = await open_thread(cast.alice), await open_thread(cast.alice)
    theirs = await write(cast.bob, there, "There.")
    bob = as_(cast.bob)
    answer = await bob.post(f"{BASE}/posts/{here}/comments", json={"body": "Here.", "parent_id": theirs})
    assert refused(answer, 422, "invalid")[0]["field"] == "parent_id"
    answer = await bob.post(f"/posts/{here}/comments", data={"body": "Here.", "parent_id": theirs})
    assert answer.status_code == 422
    assert (await bob.put(f"{BASE}/posts/{here}/read", json={"comment_id": theirs})).status_code in {404, 422}
    assert shown(await bob.get(f"{BASE}/posts/{here}/comments")) == []
    shown(await bob.post(f"{BASE}/posts/{there}/comments", json={"body": "x", "parent_id": theirs}), 201)
    shown(await bob.put(f"{BASE}/posts/{there}/read", json={"comment_id": theirs}))


async def test_what_hangs_on_a_removed_post_goes_with_it(
    cast: Cast, as_: Clients, mallory: httpx.AsyncClient
) -> None:
    post = await open_thread(cast.alice)
    comment = await write(cast.mallory, post, "Mine.")
    tries = [
        ("GET", f"/posts/{post}/comments", None), ("GET", f"/comments/{comment}", None),
        ("GET", f"/comments/{comment}/revisions", None), ("GET", f"/posts/{post}/revisions", None),
        ("GET", f"/channels/post:{post}/events", None), ("PUT", f"/posts/{post}/reactions/like", None),
        ("PUT", f"/comments/{comment}/reactions/like", None), ("PUT", f"/posts/{post}/follow", None),
        ("PUT", f"/posts/{post}/mute", None), ("PUT", f"/posts/{post}/read", {"comment_id": comment}),
        ("POST", f"/posts/{post}/comments", {"body": "More."}), ("PATCH", f"/comments/{comment}", {"body": "New."}),
        ("PATCH", f"/posts/{post}", {"title": "Mine now"}),
    ]  # fmt: skip
    for method, path, body in tries[:-1]:
        answer = await mallory.request(method, BASE + path, json=body)
        assert answer.status_code in {200, 201}, f"the neighbour: {method} {path}: {answer.text}"
    assert (await as_(cast.alice).delete(f"{BASE}/posts/{post}")).status_code == 204
    for method, path, body in tries:
        answer = await mallory.request(method, BASE + path, json=body)
        refused(answer, 404, "not_found")
    for path in (
        f"/comments/{comment}",
        f"/comments/{comment}/edit",
        f"/posts/{post}/feed.atom",
        f"/posts/{post}",
    ):
        assert (await mallory.get(path, follow_redirects=True)).status_code == 404, path


async def test_drafts_of_another(cast: Cast, as_: Clients, mallory: httpx.AsyncClient) -> None:
    post = await open_thread(cast.alice)
    comment = await write(cast.alice, post, "Mine.")
    alice = as_(cast.alice)
    for subject in ("new", f"reply:post:{post}", f"edit:post:{post}", f"edit:comment:{comment}"):
        words: dict[str, Any] = {"title": None, "body": f"Not yet said: {subject}", "tags": [], "version": 0}
        shown(await alice.put(f"{BASE}/drafts/{subject}", json=words))
        assert shown(await alice.get(f"{BASE}/drafts/{subject}"))["body"] == words["body"]
        answer = await mallory.get(f"{BASE}/drafts/{subject}")
        assert answer.status_code in {403, 404}, subject
        assert "Not yet said" not in answer.text
    assert shown(await mallory.get(f"{BASE}/drafts")) == []
    assert "Not yet said" not in (await mallory.get("/drafts")).text
    assert len(shown(await alice.get(f"{BASE}/drafts"))) == 4


async def test_the_channel_of_another(cast: Cast, as_: Clients, mallory: httpx.AsyncClient) -> None:
    for channel in (f"user:{cast.alice.id}", "moderation", "access", f"session:{cast.alice.session_id}"):
        refused(await mallory.get(f"{BASE}/channels/{channel}/events"), 404, "not_found")
    shown(await mallory.get(f"{BASE}/channels/user:{cast.mallory.id}/events"))
    shown(await as_(cast.mona).get(f"{BASE}/channels/moderation/events"))


async def test_a_mailed_link_is_no_way_to_another_account(
    cast: Cast, mallory: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    """Mallory's link sets mallory's password, whatever else her request names."""
    issued = await resets.issue(cast.mallory.email, "one")
    assert issued
    body = {"password": "another long pass phrase", "user": cast.alice.id, "email": cast.alice.email}
    refused(
        await mallory.put(f"{BASE}/password-resets/{issued.token}", json=body),
        400,
        "unknown_field",
        "unknown_field",
    )
    await mallory.post(f"/password-resets/{issued.token}?user={cast.alice.id}", data=body)
    credentials = {"email": cast.alice.email, "password": PASSWORD}
    shown(await client.post(f"{BASE}/session", json=credentials))
    rows = await DB.fetch("SELECT count(*) FROM password_resets")
    assert rows[0][0] == 0, "it was hers, and it is used"
