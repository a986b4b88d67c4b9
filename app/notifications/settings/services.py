"""The verbs of notification settings: one transaction each."""

import msgspec
from msgspec import UNSET

from app.accounts.viewer import Viewer, require_member
from app.database.engine import DB
from app.database.transaction import Change, retried, transaction
from app.notifications.recipients import mailed_as
from app.notifications.settings.queries import read_settings
from app.notifications.settings.schemas import NotificationSettings, SettingsChange

_KEEP = """
INSERT INTO notification_settings ("user", kind, delivery) VALUES ($1, $2, $3)
ON CONFLICT ("user", kind) DO UPDATE SET delivery = excluded.delivery
"""
# What waits for a mail goes as it is wanted now, or not at all.
_MOVE = 'UPDATE notifications SET mail = $3 WHERE "user" = $1 AND kind = $2 AND mail IS NOT NULL'
_WANT_DIGEST = 'INSERT INTO digests ("user") VALUES ($1) ON CONFLICT DO NOTHING'
_LEAVE_DIGEST = 'DELETE FROM digests WHERE "user" = $1'


@retried
async def change_settings(viewer: Viewer, wanted: SettingsChange) -> NotificationSettings:
    """Keep what was chosen; what is not named stays as it is. Raises Unauthenticated."""
    user_id = require_member(viewer)
    chosen = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not UNSET}
    digest = chosen.pop("weekly_digest", None)
    async with transaction() as change:
        for kind, delivery in sorted(chosen.items()):
            await _keep(user_id, kind, delivery)
        if digest is not None:
            await (start_digest if digest else stop_digest)(change, user_id)
    return await read_settings(user_id)


async def stop_mails(_change: Change, user_id: int) -> None:
    """From now on nothing is told by mail, but here, inside the caller's change."""
    settings = msgspec.structs.asdict(await read_settings(user_id))
    for kind, delivery in settings.items():
        if kind != "weekly_digest" and mailed_as(delivery):
            await _keep(user_id, kind, "in_app")


async def are_mailed(user_id: int) -> bool:
    """Whether any kind is told by mail."""
    settings = msgspec.structs.asdict(await read_settings(user_id))
    return any(mailed_as(delivery) for kind, delivery in settings.items() if kind != "weekly_digest")


async def start_digest(_change: Change, user_id: int) -> None:
    await DB.fetch(_WANT_DIGEST, user_id)


async def stop_digest(_change: Change, user_id: int) -> None:
    await DB.fetch(_LEAVE_DIGEST, user_id)


async def has_digest(user_id: int) -> bool:
    return (await read_settings(user_id)).weekly_digest


async def _keep(user_id: int, kind: str, delivery: str) -> None:
    await DB.fetch(_KEEP, user_id, kind, delivery)
    await DB.fetch(_MOVE, user_id, kind, mailed_as(delivery))
