"""Notifications by mail: gathered, once, only what is unread, and easily stopped."""

from typing import Any

import httpx

from app.database.engine import DB
from app.database.transaction import transaction
from app.mail.lists.links import link_to_leave
from app.notifications.jobs import mail_daily, mail_hourly, prune_notification_mails, send_notification_mail
from app.notifications.mails import NOTIFICATIONS, notification_mail
from app.settings import settings
from tests.cast import Cast
from tests.notifications.doing import do_jobs
from tests.writers import open_thread, write

SETTINGS = "/api/v1/notification-settings"


async def mails() -> list[Any]:
    return await DB.fetch("SELECT * FROM mails ORDER BY id")


async def confirm(cast: Cast) -> None:
    await DB.fetch("UPDATE users SET activated_at = now() WHERE id = ANY($1)", [cast.alice.id, cast.bob.id])


async def replies(cast: Cast, *words: str) -> list[int]:
    post = await open_thread(cast.alice)
    written = [await write(cast.bob, post, text) for text in words]
    await do_jobs()
    return written


async def at_once(as_: Any, cast: Cast) -> None:
    assert (await as_(cast.alice).patch(SETTINGS, json={"reply": "at_once"})).status_code == 200


async def test_at_once_is_one_mail_for_one_rush_with_why_it_came_and_how_to_stop_it(cast: Cast, as_) -> None:
    await confirm(cast)
    await at_once(as_, cast)
    post = await open_thread(cast.alice)
    for words in ("Rye.", "With <b>seeds</b>."):
        await write(cast.bob, post, words)
    await do_jobs()
    (mail,) = await mails()
    assert (mail["recipient"], mail["subject"]) == (
        "alice@example.org",
        f"2 new things for you at {settings.name}",
    )
    for part in (mail["text"], mail["html"]):
        assert "Bob replied in “A thread to write in”" in part
        assert "You wrote the post." in part
        assert "/settings/notifications" in part
        assert "/unsubscriptions/notifications/" in part
    assert "<b>seeds" not in mail["html"]


async def test_a_single_one_is_named_in_the_subject(cast: Cast, as_) -> None:
    await confirm(cast)
    await at_once(as_, cast)
    await replies(cast, "Rye.")
    assert [mail["subject"] for mail in await mails()] == ["Bob replied in “A thread to write in”"]


async def test_hourly_and_daily_wait_for_their_hour_and_go_once(cast: Cast, as_) -> None:
    await confirm(cast)
    await replies(cast, "One.", "Two.")
    assert await mails() == []
    await mail_daily()
    await do_jobs()
    assert await mails() == []
    for _ in range(2):
        await mail_hourly()
        await do_jobs()
    (mail,) = await mails()
    assert "One." in mail["text"]
    assert "Two." in mail["text"]
    await as_(cast.alice).patch(SETTINGS, json={"reply": "daily"})
    await replies(cast, "Three.")
    await mail_hourly()
    await do_jobs()
    assert len(await mails()) == 1
    await mail_daily()
    await do_jobs()
    assert len(await mails()) == 2


async def test_what_was_read_or_removed_by_then_is_not_mailed(cast: Cast, as_) -> None:
    await confirm(cast)
    kept, removed = await replies(cast, "One.", "Two.")
    await as_(cast.bob).delete(f"/api/v1/comments/{removed}")
    await mail_hourly()
    await do_jobs()
    (mail,) = await mails()
    assert ("One." in mail["text"], "Two." in mail["text"]) == (True, False)
    await replies(cast, "Three.")
    await as_(cast.alice).post("/api/v1/notifications/read")
    await mail_hourly()
    await do_jobs()
    assert len(await mails()) == 1
    assert kept


async def test_no_mail_goes_to_an_address_that_nobody_confirmed(cast: Cast) -> None:
    await replies(cast, "One.")
    await mail_hourly()
    await do_jobs()
    assert await mails() == []
    await confirm(cast)
    await replies(cast, "Two.")
    await mail_hourly()
    await do_jobs()
    assert len(await mails()) == 1


async def test_a_mail_that_is_sent_again_is_the_same_mail(cast: Cast) -> None:
    await confirm(cast)
    await replies(cast, "One.")
    await mail_hourly()
    await do_jobs()
    (row,) = await DB.fetch("SELECT id FROM notification_mails")
    async with transaction() as change:
        await change.enqueue(send_notification_mail, mail_id=row["id"])
    await do_jobs()
    assert len(await mails()) == 1, "the same Message-ID is kept once"
    again = await notification_mail(row["id"])
    assert again
    assert again.key == f"notifications-{row['id']}"


async def test_one_click_stops_the_mails_and_a_look_does_not(
    cast: Cast, as_, client: httpx.AsyncClient
) -> None:
    await confirm(cast)
    path = (await link_to_leave(NOTIFICATIONS, cast.alice.id)).removeprefix(settings.address)
    assert (await client.get(path)).status_code == 200
    await replies(cast, "One.")
    await mail_hourly()
    await do_jobs()
    assert len(await mails()) == 1
    await replies(cast, "Two.")
    answer = await client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    await mail_hourly()
    await do_jobs()
    assert len(await mails()) == 1
    data = (await as_(cast.alice).get(SETTINGS)).json()["data"]
    assert (data["reply"], data["mention"]) == ("in_app", "in_app")
    assert len((await as_(cast.alice).get("/api/v1/notifications")).json()["data"]) == 2


async def test_a_title_of_a_stranger_is_one_line_of_a_header(cast: Cast, as_) -> None:
    await confirm(cast)
    await at_once(as_, cast)
    post = await open_thread(cast.alice)
    await DB.fetch("UPDATE posts SET title = E'Tea\\r\\nBcc: all@example.org' WHERE id = $1", post)
    await write(cast.bob, post, "Hm.")
    await do_jobs()
    (mail,) = await mails()
    assert mail["subject"] == "Bob replied in “Tea Bcc: all@example.org”"


async def test_what_was_read_half_a_year_ago_is_forgotten_and_what_is_new_is_not(cast: Cast, as_) -> None:
    await replies(cast, "One.", "Two.")
    await DB.fetch("UPDATE notifications SET created_at = now() - interval '200 days'")
    await DB.fetch(
        """UPDATE notifications SET read_at = now() - interval '190 days'
        WHERE id = (SELECT min(id) FROM notifications)"""
    )
    await prune_notification_mails()
    assert len(await DB.fetch("SELECT FROM notifications WHERE read_at IS NULL")) == 1
    assert len(await DB.fetch("SELECT FROM notifications")) == 1
