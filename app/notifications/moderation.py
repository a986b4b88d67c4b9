"""Tells authors what moderators did with what they wrote; by whom is nobody's business."""

from typing import Literal

import msgspec

from app.accounts.suspended import UNSUSPENDED
from app.database.engine import DB
from app.database.transaction import Change
from app.live import channels
from app.notifications.recipients import DEFAULT, mailed_as
from app.notifications.telling import say
from app.notifications.withdrawing import Noun

# Also those who are suspended are told why their words are gone; they are sent no mail.
_AUTHOR = f"""
SELECT thing.author, {UNSUSPENDED} AS mailed,
    coalesce(settings.delivery, CASE 'moderation' {DEFAULT} END) AS delivery
FROM {{noun}}s AS thing JOIN users ON users.id = thing.author AND users.left_at IS NULL
LEFT JOIN notification_settings AS settings ON settings."user" = users.id AND settings.kind = 'moderation'
WHERE thing.id = $1 AND NOT EXISTS (SELECT FROM notifications AS known
    WHERE known."user" = users.id AND known.key = $2)
FOR SHARE OF thing
"""
_INSERT = """
INSERT INTO notifications ("user", kind, key, {noun}, cause, note, seq, mail)
VALUES ($1, 'moderation', $2, $3, $4, $5, $6, $7) RETURNING id
"""


Verb = Literal["removed", "restored", "locked", "unlocked"]


class Action(msgspec.Struct, frozen=True):
    """What was done with a post or comment; `act` tells one time from another."""

    noun: Noun
    number: int
    verb: Verb
    reason: str | None
    act: str

    @property
    def key(self) -> str:
        return f"moderation:{self.noun}:{self.number}:{self.act}"


async def tell_of_action(change: Change, done: Action) -> list[int]:
    """Tell the author, once of each act; the author, if they are to have a mail at once."""
    rows = await DB.fetch(_AUTHOR.format(noun=done.noun), done.number, done.key)
    if not rows or rows[0]["delivery"] == "off":
        return []
    user_id: int = rows[0]["author"]
    mail = mailed_as(rows[0]["delivery"]) if rows[0]["mailed"] else None
    seq = (await change.advance(channels.user(user_id)))[channels.user(user_id)]
    made = await DB.fetch(
        _INSERT.format(noun=done.noun),
        user_id, done.key, done.number, done.verb, done.reason, seq, mail,
    )  # fmt: skip
    await say(change, [made[0]["id"]])
    return [user_id] if mail == "at_once" else []
