"""LIVE.md 3.9: each revocation writes an event on the internal channel `access`, in its own transaction."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from app.accounts.administration import MemberChange, change_member
from app.database.engine import DB
from app.database.transaction import transaction
from app.live.access import CHANNEL, revoke
from app.posts.removing import remove_post, restore_post
from app.posts.schemas import PostChange
from app.posts.services import edit_post
from tests.cast import PASSWORD, Cast, Member
from tests.saying import Said, tip
from tests.writers import open_thread

Clients = Callable[[Member], httpx.AsyncClient]

SAID = "SELECT data #>> '{}' AS subject FROM events WHERE channel = 'access' ORDER BY seq"
SUMS = """
SELECT (SELECT count(*) FROM events WHERE channel = 'access') + floor AS counted, seq,
    (SELECT max(seq) FROM events WHERE channel = 'access') AS last FROM channels WHERE name = 'access'
"""


async def revoked() -> list[str]:
    """The subjects of all events on the channel; its sums are right (LIVE.md 3.7)."""
    sums = (await DB.fetch(SUMS))[0]
    rows = await DB.fetch(SAID)
    assert not rows or sums["counted"] == sums["last"] == sums["seq"]
    return [row["subject"] for row in rows]


async def another_session(member: Member) -> int:
    rows = await DB.fetch(
        """INSERT INTO sessions ("user", token_hash, expires_at)
        VALUES ($1, sha256(random()::text::bytea), now() + interval '1 day') RETURNING id""",
        member.id,
    )
    number: int = rows[0]["id"]
    return number


async def test_3_9_one_event_for_each_subject_in_the_callers_transaction(cast: Cast) -> None:
    async with transaction() as change:
        await revoke(change, "session:5", "user:3")
        await revoke(change, "token:7")
        await revoke(change)
    assert await revoked() == ["session:5", "user:3", "token:7"]
    assert [message.channel for message in change.messages] == [CHANNEL] * 3
    assert [message.seq for message in change.messages] == [await tip(CHANNEL) - left for left in (2, 1, 0)]


async def test_3_9_a_change_that_fails_revokes_nothing(cast: Cast) -> None:
    async def fail() -> None:
        async with transaction() as change:
            await revoke(change, "user:3")
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await revoked() == []


async def test_3_2_what_is_revoked_comes_before_the_channels_are_advanced(cast: Cast) -> None:
    """Channels are locked in the order of their names, and this is the first."""
    async with transaction() as change:
        await change.advance("posts")
        with pytest.raises(RuntimeError, match="before"):
            await revoke(change, "user:3")


async def test_3_2_who_revokes_and_who_writes_do_not_wait_for_each_other_in_a_circle(cast: Cast) -> None:
    post = await open_thread(cast.alice)

    async def revoke_and_say(number: int) -> None:
        async with transaction() as change:
            await revoke(change, f"user:{number}")
            await change.advance("posts", f"post:{post}")
            await change.record(Said("posts", "one"))
            await change.record(Said(f"post:{post}", "two"))

    async def edit(number: int) -> None:
        await edit_post(cast.alice.viewer, post, PostChange(body=f"Say something {number}."))

    work = [act(number) for number in range(1, 21) for act in (revoke_and_say, edit)]
    await asyncio.gather(*work)
    assert sorted(await revoked()) == sorted(f"user:{number}" for number in range(1, 21))


async def test_3_9_signing_out_revokes_the_session(cast: Cast, as_: Clients) -> None:
    assert (await as_(cast.alice).delete("/api/v1/session")).status_code == 204
    await as_(cast.bob).post("/sign-out")
    assert await revoked() == [f"session:{cast.alice.session_id}", f"session:{cast.bob.session_id}"]


async def test_3_9_signing_in_revokes_the_session_that_the_browser_came_with(
    cast: Cast, as_: Clients
) -> None:
    answer = await as_(cast.alice).post(
        "/api/v1/session", json={"email": cast.alice.email, "password": PASSWORD}
    )
    assert answer.status_code == 200
    assert await revoked() == [f"session:{cast.alice.session_id}"]


async def test_3_9_ending_one_session_or_all_others_revokes_exactly_these(cast: Cast, as_: Clients) -> None:
    first, second, third = [await another_session(cast.alice) for _ in range(3)]
    alice = as_(cast.alice)
    await alice.delete(f"/api/v1/sessions/{first}")
    await alice.delete(f"/api/v1/sessions/{first}")
    assert await revoked() == [f"session:{first}"]
    await alice.delete("/api/v1/sessions")
    assert set((await revoked())[1:]) == {f"session:{second}", f"session:{third}"}


async def test_3_9_a_new_password_revokes_all_other_sessions(cast: Cast, as_: Clients) -> None:
    other = await another_session(cast.alice)
    new = {"current": PASSWORD, "password": "another long pass phrase"}
    assert (await as_(cast.alice).put("/api/v1/me/password", json=new)).status_code == 200
    assert await revoked() == [f"session:{other}"]


async def test_3_9_a_new_role_revokes_the_member_and_new_notes_do_not(cast: Cast) -> None:
    await change_member(cast.ada.viewer, cast.bob.id, MemberChange(admin_notes="Writes well."))
    await change_member(cast.ada.viewer, cast.bob.id, MemberChange(role="member"))
    assert await revoked() == []
    await change_member(cast.ada.viewer, cast.bob.id, MemberChange(role="moderator"))
    assert await revoked() == [f"user:{cast.bob.id}"]


async def test_3_9_a_removed_post_revokes_its_channel_and_a_restored_one_too(cast: Cast) -> None:
    post = await open_thread(cast.alice)
    for _ in range(2):
        await remove_post(cast.alice.viewer, post)
    assert await revoked() == [f"channel:post:{post}"]
    await restore_post(cast.alice.viewer, post)
    assert await revoked() == [f"channel:post:{post}"] * 2
