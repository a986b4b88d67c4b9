"""The weekly digest: for who asked for it, once a week, about what that week brought."""

from typing import Any

from app.database.engine import DB
from app.mail.lists.links import link_to_leave
from app.notifications.jobs import send_digests
from app.notifications.mails import DIGEST
from app.settings import settings
from tests.cast import Cast
from tests.notifications.doing import do_jobs
from tests.writers import open_thread, write

_LAST_WEEK = "date_trunc('week', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - interval '3 days'"


async def want(as_: Any, cast: Cast) -> None:
    await as_(cast.alice).patch("/api/v1/notification-settings", json={"weekly_digest": True})
    await DB.fetch("UPDATE users SET activated_at = now()")
    await DB.fetch(f"UPDATE digests SET created_at = {_LAST_WEEK}")


async def a_week_of_talk(cast: Cast) -> tuple[int, int]:
    quiet, busy = await open_thread(cast.bob, "A quiet thread"), await open_thread(cast.bob, "A busy thread")
    for number in range(3):
        await write(cast.mona, busy, f"Number {number}")
    for table in ("posts", "comments"):
        await DB.fetch(f"UPDATE {table} SET created_at = {_LAST_WEEK}")
    await DB.fetch(f"UPDATE posts SET last_activity_at = {_LAST_WEEK}")
    return quiet, busy


async def digests() -> list[Any]:
    await send_digests()
    await do_jobs()
    return await DB.fetch("SELECT * FROM mails WHERE text LIKE '%every Monday%' ORDER BY id")


async def test_it_tells_what_most_was_said_in_and_comes_once_a_week(cast: Cast, as_) -> None:
    await a_week_of_talk(cast)
    await want(as_, cast)
    (mail,) = await digests()
    assert (mail["recipient"], mail["subject"]) == (
        "alice@example.org", f"This week at {settings.name}: A busy thread",
    )  # fmt: skip
    assert mail["text"].index("A busy thread") < mail["text"].index("A quiet thread")
    assert "3 replies this week" in mail["html"]
    assert "/unsubscriptions/digest/" in mail["text"]
    assert len(await digests()) == 1
    await DB.fetch("UPDATE digests SET sent_at = sent_at - interval '7 days'")
    await DB.fetch("DELETE FROM mails")
    assert len(await digests()) == 1


async def test_nobody_gets_it_who_did_not_ask_or_stopped_it(cast: Cast, as_, client) -> None:
    await a_week_of_talk(cast)
    await DB.fetch("UPDATE users SET activated_at = now()")
    assert await digests() == []
    await want(as_, cast)
    path = (await link_to_leave(DIGEST, cast.alice.id)).removeprefix(settings.address)
    assert (await client.post(path, data={"List-Unsubscribe": "One-Click"})).status_code == 200
    assert await digests() == []
    await want(as_, cast)
    assert len(await digests()) == 1


async def test_a_week_without_a_word_brings_none(cast: Cast, as_) -> None:
    await want(as_, cast)
    assert await digests() == []
    assert await DB.fetch("SELECT FROM digests WHERE sent_at IS NOT NULL")


async def test_what_is_removed_muted_or_of_a_blocked_member_is_not_in_it(cast: Cast, as_) -> None:
    quiet, busy = await a_week_of_talk(cast)
    other = await open_thread(cast.mallory, "A thread of mallory")
    await DB.fetch(
        f"UPDATE posts SET created_at = {_LAST_WEEK}, last_activity_at = {_LAST_WEEK} WHERE id = $1", other
    )
    await want(as_, cast)
    await as_(cast.alice).put(f"/api/v1/posts/{busy}/mute")
    await as_(cast.alice).put(f"/api/v1/users/{cast.mallory.id}/block")
    gone = await open_thread(cast.bob, "A removed thread")
    await DB.fetch(
        f"UPDATE posts SET created_at = {_LAST_WEEK}, last_activity_at = {_LAST_WEEK} WHERE id = $1", gone
    )
    await as_(cast.bob).delete(f"/api/v1/posts/{gone}")
    (mail,) = await digests()
    assert mail["subject"].endswith("A quiet thread")
    for title in ("A busy thread", "A thread of mallory", "A removed thread"):
        assert title not in mail["text"]
    assert quiet
