"""Whom something is told to, in order of their ids, so that a long telling can go on where it stopped."""

from typing import Any

import msgspec

from app.database.engine import DB
from app.notifications.schemas import DEFAULTS

_DEFAULT = " ".join(f"WHEN '{kind}' THEN '{delivery}'" for kind, delivery in DEFAULTS.items())
# Everybody once, by the best of the reasons that they did not turn off. $2: after whom, $3: how many.
_CHOOSE = f"""
chosen AS (
    SELECT wanted.*, coalesce(settings.delivery, CASE wanted.kind {_DEFAULT} END) AS delivery
    FROM wanted JOIN users ON users.id = wanted."user" AND users.left_at IS NULL
    LEFT JOIN notification_settings AS settings
        ON settings."user" = wanted."user" AND settings.kind = wanted.kind
    WHERE wanted."user" > $2 AND wanted."user" <> wanted.actor
), best AS (
    SELECT DISTINCT ON ("user") * FROM chosen WHERE delivery <> 'off' ORDER BY "user", rank
)
SELECT * FROM best
WHERE NOT EXISTS (SELECT FROM notifications WHERE notifications."user" = best."user" AND notifications.key = best.key)
ORDER BY "user" LIMIT $3
"""
_OF_COMMENT = f"""
WITH subject AS (
    SELECT comments.id, comments.author AS actor, 'comment:' || comments.id AS key,
        parents.author AS answered, posts.author AS owner
    FROM comments JOIN posts ON posts.id = comments.post AND posts.removed_at IS NULL
    LEFT JOIN comments AS parents ON parents.id = comments.parent
    WHERE comments.id = $1 AND comments.removed_at IS NULL
    -- Whoever removes it waits, and then blanks what we are about to tell.
    FOR SHARE OF comments
), wanted AS (
    SELECT answered AS "user", 'reply' AS kind, 'answer' AS cause, 2 AS rank, actor, key FROM subject
    UNION ALL SELECT owner, 'reply', 'own_post', 3, actor, key FROM subject
), {_CHOOSE}
"""


class Recipient(msgspec.Struct, frozen=True):
    """Somebody to be told, as what kind of thing and why; `mail` is how it is to be mailed, if it is."""

    user_id: int
    kind: str
    cause: str
    actor_id: int
    mail: str | None


async def of_comment(comment_id: int, after: int, limit: int) -> list[Recipient]:
    """Who is to be told of a comment and was not yet; nobody of one that is gone."""
    return [_recipient(row) for row in await DB.fetch(_OF_COMMENT, comment_id, after, limit)]


def mailed_as(delivery: str) -> str | None:
    return None if delivery in {"off", "in_app"} else delivery


def _recipient(row: Any) -> Recipient:
    return Recipient(row["user"], row["kind"], row["cause"], row["actor"], mailed_as(row["delivery"]))
