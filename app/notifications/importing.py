"""Notifications that come with an archive, in their order; and how their owner wants to be told."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from app.accounts.viewer import Viewer, require_member
from app.database.engine import DB
from app.database.transaction import retried, transaction
from app.live import channels
from app.notifications.schemas import Delivery, Kind
from app.notifications.telling import Noun, say

_FIND = "SELECT id FROM users WHERE lower(username) = ANY($1::text[]) AND left_at IS NULL AND id <> $2 ORDER BY id"
_IS_HERE = 'SELECT FROM notifications WHERE "user" = $1 AND key = $2'
_INSERT = """
INSERT INTO notifications ("user", kind, key, {noun}, cause, note, seq, created_at, read_at, mailed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id
"""
_ACT = "INSERT INTO notification_actors (notification, actor) SELECT $1, unnest($2::bigint[])"
_KNOWN_MAIL = 'SELECT id FROM notification_mails WHERE "user" = $1 AND created_at = $2 ORDER BY id'
_MAIL = 'INSERT INTO notification_mails ("user", created_at) VALUES ($1, $2) RETURNING id'
_SETTING = """
INSERT INTO notification_settings ("user", kind, delivery) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id
"""
# Who has come in since decides for themself whether they want it again.
_DIGEST = """
INSERT INTO digests ("user", created_at, sent_at) SELECT id, $2, $3 FROM users WHERE id = $1 AND activated_at IS NULL
ON CONFLICT DO NOTHING RETURNING id
"""


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """One notification as it was, about what is here."""

    kind: Kind
    key: str
    noun: Noun
    number: int
    cause: str
    note: str | None
    created: datetime
    read: datetime | None
    mailed: datetime | None


async def find_member(username: str) -> int | None:
    rows = await DB.fetch(_FIND, [username.lower()], 0)
    return rows[0]["id"] if rows else None


async def import_notification(viewer: Viewer, past: Past, actors: Sequence[str]) -> bool | None:
    """Have it told again, with no mail; whether that is new, None where nobody of these is here."""
    user_id = require_member(viewer)
    found = await DB.fetch(_FIND, [name.lower() for name in actors], user_id)
    if not found and past.kind != "moderation":
        return None
    return await _insert(user_id, past, [row["id"] for row in found])


@retried
async def _insert(user_id: int, past: Past, actors: list[int]) -> bool:
    async with transaction() as change:
        if await DB.fetch(_IS_HERE, user_id, past.key):
            return False
        mailed = await _mail(user_id, past.mailed)
        name = channels.user(user_id)
        seq = (await change.advance(name))[name]
        rows = await DB.fetch(
            _INSERT.format(noun=past.noun), user_id, past.kind, past.key, past.number, past.cause, past.note,
            seq, past.created, past.read, mailed,
        )  # fmt: skip
        await DB.fetch(_ACT, rows[0]["id"], actors)
        await say(change, [rows[0]["id"]])
    return True


async def _mail(user_id: int, sent: datetime | None) -> int | None:
    """The mail that it went with; several may have gone with one."""
    if sent is None:
        return None
    rows = await DB.fetch(_KNOWN_MAIL, user_id, sent) or await DB.fetch(_MAIL, user_id, sent)
    mail_id: int = rows[0]["id"]
    return mail_id


async def import_setting(viewer: Viewer, kind: Kind, delivery: Delivery) -> bool:
    """What was chosen for one kind; whether that is new. A choice made here stays."""
    async with transaction():
        return bool(await DB.fetch(_SETTING, require_member(viewer), kind, delivery))


async def import_digest(viewer: Viewer, begun: datetime, sent: datetime | None) -> bool:
    """The wish for the weekly digest; whether that is new."""
    async with transaction():
        return bool(await DB.fetch(_DIGEST, require_member(viewer), begun, sent))
