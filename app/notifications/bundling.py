"""Reactions to one thing in one notification: whoever comes next joins it, and it is new again."""

from collections.abc import Sequence
from typing import Any

from app.accounts.suspended import UNSUSPENDED
from app.database.engine import DB
from app.database.transaction import Change
from app.live import channels
from app.notifications.recipients import mailed_as
from app.notifications.schemas import DEFAULTS
from app.notifications.settling import settle_in
from app.notifications.telling import say
from app.notifications.withdrawing import Noun

# Held, so that whoever removes it waits and then blanks what we are about to tell.
_OWNER = f"""
SELECT thing.author FROM {{noun}}s AS thing JOIN users ON users.id = thing.author AND users.left_at IS NULL
WHERE thing.id = $1 AND thing.removed_at IS NULL AND {UNSUSPENDED}
    AND NOT EXISTS (SELECT FROM post_follows AS muted
        WHERE muted."user" = thing.author AND muted.post = thing.{{post}} AND muted.level = 'muted')
FOR SHARE OF thing
"""
_DELIVERY = "SELECT delivery FROM notification_settings WHERE \"user\" = $1 AND kind = 'reaction'"
_BUNDLE = 'SELECT id FROM notifications WHERE "user" = $1 AND key = $2 FOR UPDATE'
# Each once: who takes a reaction back and reacts again was told of before.
_NEW = """
SELECT "user", min(id) AS first FROM reactions WHERE {noun} = $1 AND "user" <> $2
    AND "user" <> ALL(hubbub_hidden_from($2))
    AND NOT EXISTS (SELECT FROM notification_actors AS known
        WHERE known.notification = $3 AND known.actor = reactions."user")
GROUP BY "user" ORDER BY first
"""
_BEGIN = """
INSERT INTO notifications ("user", kind, key, {noun}, cause, seq, mail)
VALUES ($1, 'reaction', $2, $3, 'own_{noun}', $4, $5) RETURNING id
"""
_GROW = """
UPDATE notifications SET seq = $2, mail = $3, mailed = NULL, read_at = NULL, created_at = clock_timestamp()
WHERE id = $1
"""
_JOIN = """
INSERT INTO notification_actors (notification, actor)
SELECT $1, actor FROM unnest($2::bigint[]) WITH ORDINALITY AS new (actor, place) ORDER BY place
"""


async def tell_of_reactions(change: Change, noun: Noun, number: int) -> list[int]:
    """Tell the author who else reacts now, or that it is nobody any more; again does nothing.

    The author, if they are to have a mail at once.
    """
    owner = await DB.fetch(_OWNER.format(noun=noun, post="id" if noun == "post" else "post"), number)
    if not owner or (delivery := await _delivery(owner[0]["author"])) == "off":
        return []
    user_id: int = owner[0]["author"]
    key = f"reaction:{noun}:{number}"
    bundle = await DB.fetch(_BUNDLE, user_id, key)
    new = await DB.fetch(_NEW.format(noun=noun), number, user_id, bundle[0]["id"] if bundle else None)
    if not new:
        await settle_in(change, user_id)
        return []
    seq = (await change.advance(channels.user(user_id)))[channels.user(user_id)]
    if bundle:
        await DB.fetch(_GROW, bundle[0]["id"], seq, mailed_as(delivery))
    else:
        bundle = await DB.fetch(_BEGIN.format(noun=noun), user_id, key, number, seq, mailed_as(delivery))
    await _join(bundle, new)
    await say(change, [bundle[0]["id"]])
    return [user_id] if delivery == "at_once" else []


async def _delivery(user_id: int) -> str:
    rows = await DB.fetch(_DELIVERY, user_id)
    return rows[0]["delivery"] if rows else DEFAULTS["reaction"]


async def _join(bundle: Sequence[Any], new: Sequence[Any]) -> None:
    await DB.fetch(_JOIN, bundle[0]["id"], [row["user"] for row in new])
