"""Suspensions: moderators decide, the member reads and does not write, and it ends by itself."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.accounts.suspensions.jobs import prune_suspensions
from app.database.engine import DB, Engine
from tests.api import BASE, fields, refused, shown
from tests.cast import PASSWORD, Cast, Member
from tests.tokens import lend
from tests.writers import open_thread, write

Clients = Callable[[Member], httpx.AsyncClient]


def in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


async def suspend(client: httpx.AsyncClient, member: Member, **more: Any) -> httpx.Response:
    body = {"until": None, "reason": "Rude.", **more}
    return await client.put(f"{BASE}/users/{member.id}/suspension", json=body)


async def end_now(member: Member) -> None:
    """As time does."""
    await DB.fetch(
        """UPDATE suspensions SET created_at = now() - interval '2 days', until = now() - interval '1 second'
        WHERE "user" = $1""",
        member.id,
    )


async def test_who_is_suspended_signs_in_and_reads_and_does_not_write(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    post = await open_thread(cast.alice)
    comment = await write(cast.mallory, post, "Rude words")
    shown(await suspend(as_(cast.mona), cast.mallory, until=in_days(3)))
    mallory = as_(cast.mallory)
    answer = await mallory.post(f"{BASE}/posts/{post}/comments", json={"body": "More"})
    [error] = refused(answer, 403, "suspended")
    assert "Rude." in error["message"]
    refused(await mallory.patch(f"{BASE}/comments/{comment}", json={"body": "Other"}), 403, "suspended")
    refused(await mallory.put(f"{BASE}/posts/{post}/reactions/like"), 403, "suspended")
    assert shown(await mallory.get(f"{BASE}/posts/{post}"))["viewer"]["can"] == []
    assert [c["viewer"]["can"] for c in shown(await mallory.get(f"{BASE}/posts/{post}/comments"))] == [[]]
    shown(await mallory.put(f"{BASE}/posts/{post}/read", json={"comment_id": comment}))
    credentials = {"email": cast.mallory.email, "password": PASSWORD}
    assert shown(await client.post(f"{BASE}/session", json=credentials))["id"] == cast.mallory.id
    shown(await as_(cast.alice).post(f"{BASE}/posts/{post}/comments", json={"body": "Calm words"}), 201)


async def test_no_token_of_theirs_writes_either(cast: Cast, as_: Clients, client: httpx.AsyncClient) -> None:
    token = await lend(cast.mallory, "read", "write")
    await suspend(as_(cast.mona), cast.mallory)
    answer = await client.post(f"{BASE}/posts", json={"title": "Mine", "body": "Words"}, headers=token.header)
    refused(answer, 403, "suspended")
    assert shown(await client.get(f"{BASE}/me", headers=token.header))["id"] == cast.mallory.id


async def test_it_ends_by_itself(cast: Cast, as_: Clients) -> None:
    post, mallory = await open_thread(cast.alice), as_(cast.mallory)
    await suspend(as_(cast.mona), cast.mallory, until=in_days(1))
    refused(await mallory.put(f"{BASE}/posts/{post}/reactions/like"), 403, "suspended")
    await end_now(cast.mallory)
    shown(await mallory.put(f"{BASE}/posts/{post}/reactions/like"))
    assert "suspended" not in (await mallory.get("/")).text
    await prune_suspensions()
    assert not await DB.fetch("SELECT FROM suspensions")


async def test_one_that_lasts_is_not_forgotten(cast: Cast, as_: Clients) -> None:
    await suspend(as_(cast.mona), cast.mallory)
    await suspend(as_(cast.mona), cast.bob, until=in_days(1))
    await prune_suspensions()
    assert len(await DB.fetch("SELECT FROM suspensions")) == 2


async def test_it_is_lifted_and_again_does_nothing(cast: Cast, as_: Clients, database: Engine) -> None:
    mona, path = as_(cast.mona), f"{BASE}/users/{cast.mallory.id}/suspension"
    await suspend(mona, cast.mallory)
    for _ in range(2):
        answer = await mona.delete(path)
        assert (answer.status_code, answer.content) == (204, b"")
    shown(await as_(cast.mallory).post(f"{BASE}/posts", json={"title": "Sorry", "body": "Words"}), 201)
    lines = await database.fetch("SELECT admin_username, row_id, after FROM admin_changes ORDER BY id")
    assert [(line["admin_username"], line["row_id"]) for line in lines] == [
        ("mona", str(cast.mallory.id))
    ] * 2


async def test_a_second_one_replaces_the_first(cast: Cast, as_: Clients) -> None:
    until = in_days(7)
    await suspend(as_(cast.mona), cast.mallory)
    await suspend(as_(cast.ada), cast.mallory, until=until, reason="  Once more.  ")
    seen = shown(await as_(cast.ada).get(f"{BASE}/users/{cast.mallory.id}"))["suspension"]
    assert seen["reason"] == "Once more."
    assert datetime.fromisoformat(seen["until"]) - datetime.fromisoformat(until) < timedelta(milliseconds=1)


async def test_only_admins_are_told_of_it_in_the_user(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    path = f"{BASE}/users/{cast.mallory.id}"
    assert "suspension" not in shown(await as_(cast.ada).get(path))
    await suspend(as_(cast.mona), cast.mallory)
    assert shown(await as_(cast.ada).get(path))["suspension"] == {"until": None, "reason": "Rude."}
    for other in (client, as_(cast.mona), as_(cast.bob), as_(cast.mallory)):
        assert "suspension" not in shown(await other.get(path))


async def test_moderators_suspend_members_admins_moderators_and_nobody_an_admin(
    cast: Cast, as_: Clients
) -> None:
    await DB.fetch("UPDATE users SET role = 'moderator' WHERE id = $1", cast.bob.id)
    mona, ada = as_(cast.mona), as_(cast.ada)
    refused(await suspend(mona, cast.bob), 403, "forbidden")
    shown(await suspend(ada, cast.bob))
    refused(await mona.delete(f"{BASE}/users/{cast.bob.id}/suspension"), 403, "forbidden")
    for client, member in (
        (mona, cast.ada),
        (mona, cast.mona),
        (ada, cast.ada),
        (as_(cast.alice), cast.mallory),
    ):
        refused(await suspend(client, member), 403, "forbidden")
    shown(await suspend(mona, cast.alice))


async def test_a_suspended_moderator_moderates_nothing_meanwhile(cast: Cast, as_: Clients) -> None:
    mona = as_(cast.mona)
    await suspend(as_(cast.ada), cast.mona)
    refused(await suspend(mona, cast.mallory), 403, "suspended")
    refused(await mona.get(f"{BASE}/channels/moderation/events"), 404, "not_found")
    assert (await mona.get(f"/users/{cast.mallory.id}/management")).status_code == 403
    # What they are is still told beside what they wrote.
    assert shown(await mona.get(f"{BASE}/me"))["role"] == "moderator"
    await as_(cast.ada).delete(f"{BASE}/users/{cast.mona.id}/suspension")
    shown(await suspend(mona, cast.mallory))


async def test_who_is_suspended_becomes_no_admin(cast: Cast, as_: Clients) -> None:
    ada, path = as_(cast.ada), f"{BASE}/users/{cast.bob.id}"
    await suspend(ada, cast.bob)
    assert fields(refused(await ada.put(f"{path}/role", json={"role": "admin"}), 422, "invalid")) == {
        "role": "invalid"
    }
    await ada.delete(f"{path}/suspension")
    shown(await ada.put(f"{path}/role", json={"role": "admin"}))


async def test_a_suspension_and_a_promotion_at_once_leave_no_suspended_admin(
    cast: Cast, as_: Clients
) -> None:
    ada = as_(cast.ada)
    answers = await asyncio.gather(
        suspend(as_(cast.mona), cast.bob),
        ada.put(f"{BASE}/users/{cast.bob.id}/role", json={"role": "admin"}),
    )
    assert sorted(answer.status_code for answer in answers) in ([200, 403], [200, 422])


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [({"until": None}, "reason", "required"), ({"reason": "Rude."}, "until", "required"),
     ({"until": None, "reason": "  "}, "reason", "required"),
     ({"until": None, "reason": "a" * 1001}, "reason", "too_long"),
     ({"until": "2020-01-01T00:00:00Z", "reason": "Rude."}, "until", "out_of_range")],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused(
    cast: Cast, as_: Clients, body: dict[str, Any], field: str, code: str
) -> None:
    answer = await as_(cast.mona).put(f"{BASE}/users/{cast.mallory.id}/suspension", json=body)
    assert fields(refused(answer, 422, code)) == {field: code}


async def test_who_has_left_is_not_found(cast: Cast, as_: Clients) -> None:
    await DB.fetch("UPDATE users SET left_at = now() WHERE id = $1", cast.mallory.id)
    refused(await suspend(as_(cast.mona), cast.mallory), 404, "not_found")


async def test_a_reply_written_before_the_sign_in_waits_too(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    post = await open_thread(cast.alice)
    await suspend(as_(cast.mona), cast.mallory)
    assert (
        await client.post(f"/posts/{post}/comments", data={"body": "By the back door"})
    ).status_code == 303
    form = {"email": cast.mallory.email, "password": PASSWORD}
    assert (await client.post("/sign-in", data=form)).status_code == 303
    assert not await DB.fetch("SELECT FROM comments")
    assert len(await DB.fetch("SELECT FROM pending_replies")) == 1
