"""Sessions: a random token in a cookie, its SHA-256 in a row."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from app.accounts import browsers
from app.accounts.suspended import COLUMNS, JOINED, suspension_of
from app.accounts.viewer import MOST, Desk, Inbox, Viewer
from app.database.engine import DB
from app.database.transaction import Change, transaction
from app.live.access import revoke
from app.settings import settings

TOUCH_SECONDS = 300

_FIND = f"""
SELECT sessions.id AS session_id, sessions.last_used_at, sessions.expires_at, users.id, users.username, users.role,
    coalesce(profiles.display_name, users.username) AS name, profiles.avatar,
    profiles.onboarding_completed_at IS NOT NULL AS onboarded, hubbub_hidden_from(users.id) AS hidden,
    {COLUMNS}{{more}}
FROM sessions JOIN users ON users.id = sessions."user" AND users.left_at IS NULL
LEFT JOIN profiles ON profiles."user" = users.id {JOINED}
WHERE expires_at > now()
"""
# All of one moment, so that what comes live goes on exactly from it.
_INBOX = f""",
    hubbub_epoch() AS epoch, (SELECT seq FROM channels WHERE name = 'user:' || users.id) AS seq,
    ARRAY(
        SELECT notifications.id FROM notifications
        LEFT JOIN comments ON comments.id = notifications.comment
        LEFT JOIN posts ON posts.id = coalesce(notifications.post, comments.post)
        WHERE notifications."user" = users.id AND notifications.read_at IS NULL
            AND (notifications.kind = 'moderation' OR posts.removed_at IS NULL AND comments.removed_at IS NULL)
        ORDER BY notifications.id DESC LIMIT {MOST + 1}
    ) AS unread,
    CASE WHEN users.role <> 'member' THEN (SELECT seq FROM channels WHERE name = 'moderation') END AS desk_seq,
    CASE WHEN users.role <> 'member' THEN ARRAY(
        SELECT DISTINCT coalesce('post:' || post, 'comment:' || comment, 'user:' || member) FROM flags
        WHERE status = 'open' LIMIT {MOST + 1}
    ) END AS waiting"""


class Client(msgspec.Struct, frozen=True):
    """Where a session was opened from, as the list of sessions shows it, and the token of the browser."""

    device: str
    address: str
    browser: str = ""


async def open_session(user_id: int, client: Client) -> str:
    """Add a session inside the caller's transaction; the token, which is stored nowhere."""
    token = secrets.token_urlsafe(32)
    expires = datetime.now(UTC) + timedelta(days=settings.session_days)
    await DB.fetch(
        """INSERT INTO sessions ("user", token_hash, device, address, expires_at) VALUES ($1, $2, $3, $4, $5)""",
        user_id, _hash(token), client.device, client.address, expires,
    )  # fmt: skip
    await browsers.remember(user_id, client.browser)
    return token


async def find_viewer(token: str, *, inbox: bool = False) -> Viewer | None:
    """Whose session this is, for a page with their `inbox`; None for an unknown, ended or expired one."""
    find = _FIND.format(more=_INBOX if inbox else "")
    rows = await DB.fetch(f"{find} AND token_hash = $1", _hash(token))
    if not rows:
        return None
    await _touch(rows[0])
    return _with_inbox(rows[0]) if inbox else _viewer(rows[0])


async def find_viewers(session_ids: Collection[int]) -> list[Viewer]:
    """Whose sessions these are, in one statement; those that have ended or expired are left out."""
    rows = await DB.fetch(f"{_FIND.format(more='')} AND sessions.id = ANY($1::bigint[])", session_ids)
    return [_viewer(row) for row in rows]


def _viewer(row: Any) -> Viewer:
    suspension = suspension_of(row)
    return Viewer(
        id=row["id"], username=row["username"], name=row["name"], avatar_url=row["avatar"],
        role="member" if suspension else row["role"], full_role=row["role"] if suspension else "",
        session_id=row["session_id"], expires_at=row["expires_at"], onboarded=row["onboarded"],
        hidden=frozenset(row["hidden"]), suspension=suspension,
    )  # fmt: skip


def _with_inbox(row: Any) -> Viewer:
    inbox = Inbox(tuple(row["unread"]), row["epoch"], row["seq"])
    viewer = _viewer(row)
    desk = Desk(tuple(row["waiting"]), row["epoch"], row["desk_seq"]) if viewer.is_moderator else None
    return msgspec.structs.replace(viewer, inbox=inbox, desk=desk)


async def close_session(token: str) -> None:
    """End a session, if there is one."""
    async with transaction() as change:
        await drop(change, token)


async def drop(change: Change, token: str) -> None:
    """The same inside the caller's transaction."""
    await _drop(change, "token_hash = $1", _hash(token))


async def drop_one(change: Change, user_id: int, session_id: int) -> None:
    """End this member's session inside the caller's transaction; another's stays."""
    await _drop(change, 'id = $2 AND "user" = $1', user_id, session_id)


async def drop_others(change: Change, user_id: int, kept_id: int | None) -> None:
    """End all sessions of a member but one, inside the caller's transaction."""
    await _drop(change, '"user" = $1 AND id IS DISTINCT FROM $2', user_id, kept_id)


async def _drop(change: Change, condition: str, *args: object) -> None:
    rows = await DB.fetch(f"DELETE FROM sessions WHERE {condition} RETURNING id", *args)
    await revoke(change, *(f"session:{row['id']}" for row in rows))


async def drop_expired() -> None:
    """Forget sessions that have ended by themselves; their connections ended with them (LIVE.md 3.9)."""
    await DB.fetch("DELETE FROM sessions WHERE expires_at <= now()")


async def _touch(row: Any) -> None:
    # A sign-out at this moment has deleted the row, and then nothing is updated: it stays ended.
    if datetime.now(UTC) - row["last_used_at"] > timedelta(seconds=TOUCH_SECONDS):
        await DB.fetch("UPDATE sessions SET last_used_at = now() WHERE id = $1", row["session_id"])


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
