"""LIVE.md 3.9 and 4.7: within 2 s of a revocation, on every process, the socket is closed or unsubscribed.

Each with Redis and without; beside whoever loses something stands a neighbour who keeps getting events.
"""

import asyncio

import pytest

from app.accounts.resets import links as resets
from tests.api import BASE
from tests.cast import PASSWORD, Cast, Member, second_session
from tests.live.servers import Everywhere
from tests.live_client import LiveClient
from tests.saying import say_silently
from tests.tokens import lend
from tests.writers import open_thread

WITHIN = 2.0
SIGNED_OUT = [{"type": "bye", "reason": "signed_out", "reconnect_in": None}]


@pytest.fixture
async def post(cast: Cast) -> int:
    return await open_thread(cast.alice)


async def ask(here: Everywhere, member: Member, method: str, path: str, **body: object) -> None:
    """A request of this member to the first server, which must succeed."""
    async with here.servers[0].client(member.token) as client:
        answer = await client.request(method, BASE + path, json=body or None)
        assert answer.status_code < 300, answer.text


async def signed_out(clients: list[LiveClient]) -> None:
    """All are told so and closed, and `bye` was the last that they heard."""
    for client in clients:
        assert await client.gone(WITHIN) == 4401
        assert client.frames[-1:] == SIGNED_OUT


async def unsubscribed(clients: list[LiveClient], channel: str, reason: str) -> None:
    """All lose this channel, by the server's own doing."""
    for client in clients:
        frame = await client.hear(lambda f: f["type"] == "unsubscribed", "unsubscribed", WITHIN)
        assert frame == {"type": "unsubscribed", "channel": channel, "reason": reason}


async def hears_on(clients: list[LiveClient], channel: str, seq: int) -> None:
    """Neighbours keep getting events: those up to this one."""
    for client in clients:
        await client.hear(
            lambda f: f["type"] == "event" and (f["channel"], f["seq"]) == (channel, seq), f"event {seq}"
        )


async def hears_no_more(clients: list[LiveClient], channel: str) -> None:
    """Nothing on this channel after `unsubscribed`; whatever was under way has come before this answer."""
    for client in clients:
        assert (await client.ask("fetch", channel=channel, epoch="", after=0))["code"] == "not_found"
        kinds = [frame["type"] for frame in client.frames if frame.get("channel") == channel]
        assert "event" not in kinds[kinds.index("unsubscribed") :]
        assert client.close_code is None


async def test_4_7_signing_out_closes_that_session_everywhere(
    here: Everywhere, cast: Cast, post: int
) -> None:
    channel = f"post:{post}"
    other = await here.connect(await second_session(cast.alice), channel)
    leaving, bobs = await here.connect(cast.alice, channel), await here.connect(cast.bob, channel)
    await ask(here, cast.alice, "DELETE", "/session")
    await signed_out(leaving)
    await hears_on(bobs + other, channel, await say_silently(channel, 1))
    assert not any(client.seqs(channel) for client in leaving)


async def test_4_7_a_revoked_session_is_closed_everywhere(here: Everywhere, cast: Cast, post: int) -> None:
    channel = f"post:{post}"
    other = await second_session(cast.alice)
    leaving, staying = await here.connect(other, channel), await here.connect(cast.alice, channel)
    await ask(here, cast.alice, "DELETE", f"/sessions/{other.session_id}")
    await signed_out(leaving)
    await hears_on(staying, channel, await say_silently(channel, 1))


async def test_4_7_a_new_password_closes_all_other_sessions(here: Everywhere, cast: Cast, post: int) -> None:
    channel = f"post:{post}"
    leaving = await here.connect(await second_session(cast.alice), channel)
    staying = await here.connect(cast.alice, channel)
    await ask(here, cast.alice, "PUT", "/me/password", current=PASSWORD, password="another pass phrase")
    await signed_out(leaving)
    await hears_on(staying, channel, await say_silently(channel, 1))


async def test_4_7_a_password_set_by_a_mailed_link_closes_all_sessions_and_tokens(
    here: Everywhere, cast: Cast, post: int
) -> None:
    channel = f"post:{post}"
    leaving = await here.connect(cast.alice, channel)
    leaving += await here.connect_program(await lend(cast.alice, "read"), channel)
    staying = await here.connect(cast.bob, channel)
    issued = await resets.issue(cast.alice.email, "one")
    assert issued
    # Whoever sets it ends the session of the browser that they do it in as well.
    path = f"/password-resets/{issued.token}"
    await ask(here, cast.mallory, "PUT", path, password="another long pass phrase")
    await signed_out(leaving)
    await hears_on(staying, channel, await say_silently(channel, 1))


async def test_4_7_an_account_that_is_deleted_is_closed_everywhere(
    here: Everywhere, cast: Cast, post: int
) -> None:
    channel = f"post:{post}"
    leaving = await here.connect(cast.alice, channel)
    leaving += await here.connect_program(await lend(cast.alice, "read"), channel)
    staying = await here.connect(cast.bob, channel)
    path = f"/users/{cast.alice.id}/deletion"
    await ask(here, cast.alice, "PUT", path, password=PASSWORD, content="keep")
    await signed_out(leaving)
    await hears_on(staying, channel, await say_silently(channel, 1))


async def test_4_7_a_revoked_token_is_closed_everywhere(here: Everywhere, cast: Cast, post: int) -> None:
    channel = f"post:{post}"
    revoked, kept = await lend(cast.alice, "read"), await lend(cast.alice, "read")
    leaving = await here.connect_program(revoked, channel)
    staying = await here.connect_program(kept, channel) + await here.connect(cast.alice, channel)
    await ask(here, cast.alice, "DELETE", f"/tokens/{revoked.id}")
    await signed_out(leaving)
    await hears_on(staying, channel, await say_silently(channel, 1))
    assert not any(client.seqs(channel) for client in leaving)


async def test_4_7_a_token_lends_no_more_than_its_member_still_has(here: Everywhere, cast: Cast) -> None:
    monas = await here.connect_program(await lend(cast.mona, "read", "moderate"), "moderation", "posts")
    adas = await here.connect_program(await lend(cast.ada, "read", "admin"), "moderation")
    await ask(here, cast.ada, "PUT", f"/users/{cast.mona.id}/role", role="member")
    await unsubscribed(monas, "moderation", "access")
    await hears_on(adas, "moderation", await say_silently("moderation", 1))
    await hears_no_more(monas, "moderation")
    await hears_on(monas, "posts", await say_silently("posts", 1))


async def test_4_7_a_removed_post_is_left_by_all_but_its_author_and_moderators(
    here: Everywhere, cast: Cast, post: int
) -> None:
    """Those who were at the tip hear of the removal itself before they have to leave."""
    channel = f"post:{post}"
    bobs, strangers = await here.connect(cast.bob, channel, "posts"), await here.connect(None, channel)
    staying = await here.connect(cast.alice, channel) + await here.connect(cast.mona, channel)
    await ask(here, cast.alice, "DELETE", f"/posts/{post}")
    await unsubscribed(bobs + strangers, channel, "removed")
    for client in bobs + strangers:
        assert [event["event"] for event in client.events[channel]] == ["post.removed"]
    await hears_on(staying, channel, await say_silently(channel, 1))
    await hears_no_more(bobs + strangers, channel)
    await hears_on(bobs, "posts", await say_silently("posts", 1))
    assert not any(frame["type"] == "unsubscribed" for client in staying for frame in client.frames)


async def test_4_7_a_restored_post_can_be_followed_again_on_the_same_connection(
    here: Everywhere, cast: Cast, post: int
) -> None:
    channel = f"post:{post}"
    bobs = await here.connect(cast.bob, channel)
    await ask(here, cast.alice, "DELETE", f"/posts/{post}")
    await unsubscribed(bobs, channel, "removed")
    async with here.servers[1].client(cast.alice.token) as alice:
        await alice.post(f"/posts/{post}/restoration")
    for bob in bobs:
        assert (await bob.subscribe(channel))["type"] == "subscribed"
    await hears_on(bobs, channel, await say_silently(channel, 1))


async def test_4_7_one_who_moderates_no_more_loses_what_only_moderators_read(
    here: Everywhere, cast: Cast, post: int
) -> None:
    removed = f"post:{post}"
    await ask(here, cast.alice, "DELETE", f"/posts/{post}")
    monas = await here.connect(cast.mona, "moderation", removed, "posts")
    adas = await here.connect(cast.ada, "moderation", removed)
    await ask(here, cast.ada, "PUT", f"/users/{cast.mona.id}/role", role="member")
    for mona in monas:
        await mona.hear(lambda f: f["type"] == "unsubscribed" and f["channel"] == removed, "it", WITHIN)
        await mona.hear(lambda f: f["type"] == "unsubscribed" and f["channel"] == "moderation", "it", WITHIN)
        reasons = {f["channel"]: f["reason"] for f in mona.frames if f["type"] == "unsubscribed"}
        assert reasons == {"moderation": "access", removed: "removed"}
    for channel in ("moderation", removed):
        await hears_on(adas, channel, await say_silently(channel, 1))
        await hears_no_more(monas, channel)
    await hears_on(monas, "posts", await say_silently("posts", 1))


async def test_4_7_a_new_moderator_need_not_connect_again(here: Everywhere, cast: Cast) -> None:
    bobs = await here.connect(cast.bob, "posts")
    await ask(here, cast.ada, "PUT", f"/users/{cast.bob.id}/role", role="moderator")
    async with asyncio.timeout(WITHIN):
        for bob in bobs:
            while (await bob.subscribe("moderation"))["type"] == "error":  # noqa: ASYNC110  # nobody is told
                await asyncio.sleep(0.1)
    await hears_on(bobs, "moderation", await say_silently("moderation", 1))


async def test_4_7_a_suspended_moderator_loses_what_only_moderators_hear(
    here: Everywhere, cast: Cast
) -> None:
    monas = await here.connect(cast.mona, "moderation", "posts")
    adas = await here.connect(cast.ada, "moderation")
    await ask(here, cast.ada, "PUT", f"/users/{cast.mona.id}/suspension", until=None, reason="Rude.")
    await unsubscribed(monas, "moderation", "access")
    await hears_on(adas, "moderation", await say_silently("moderation", 1))
    await hears_no_more(monas, "moderation")
    await hears_on(monas, "posts", await say_silently("posts", 1))
