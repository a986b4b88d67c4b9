"""Whom something is told to, in order of their ids, so that a long telling can go on where it stopped."""

from typing import Any

import msgspec

from app.accounts.suspended import UNSUSPENDED
from app.database.engine import DB
from app.notifications.schemas import DEFAULTS

DEFAULT = " ".join(f"WHEN '{kind}' THEN '{delivery}'" for kind, delivery in DEFAULTS.items())
# $2: after whom, $3: how many. Everybody once, by the best of the reasons that they did not turn off; nobody of
# what they did themselves, where they muted the post, where a block hides who did it, or while they are suspended.
_CHOOSE = f"""
page AS (
    SELECT DISTINCT "user" FROM wanted WHERE "user" > $2 ORDER BY "user" LIMIT $3
), candidates AS MATERIALIZED (
    SELECT wanted.* FROM wanted JOIN page USING ("user")
), chosen AS (
    SELECT wanted.*, coalesce(settings.delivery, CASE wanted.kind {DEFAULT} END) AS delivery
    FROM candidates AS wanted JOIN users ON users.id = wanted."user" AND users.left_at IS NULL
    LEFT JOIN notification_settings AS settings
        ON settings."user" = wanted."user" AND settings.kind = wanted.kind
    WHERE {UNSUSPENDED} AND wanted."user" <> wanted.actor AND wanted.actor <> ALL(hubbub_hidden_from(wanted."user"))
        AND NOT EXISTS (SELECT FROM post_follows AS muted
            WHERE muted."user" = wanted."user" AND muted.post = wanted.post AND muted.level = 'muted')
        AND NOT EXISTS (SELECT FROM notifications AS known
            WHERE known."user" = wanted."user" AND known.key = wanted.key)
), best AS (
    SELECT DISTINCT ON ("user") * FROM chosen WHERE delivery <> 'off' ORDER BY "user", rank
)
SELECT page."user" AS candidate, best.* FROM page LEFT JOIN best USING ("user") ORDER BY candidate
"""
# Whoever removes it waits, and then blanks what we are about to tell. $4: only who is named is to be told. What is
# older than a week was brought here, by an import or the demo, and is news to nobody.
_OF_COMMENT = f"""
WITH subject AS (
    SELECT comments.id, comments.post, comments.author AS actor, 'comment:' || comments.id AS key,
        parents.author AS answered, posts.author AS owner
    FROM comments JOIN posts ON posts.id = comments.post AND posts.removed_at IS NULL
    LEFT JOIN comments AS parents ON parents.id = comments.parent
    WHERE comments.id = $1 AND comments.removed_at IS NULL AND ($4 OR comments.created_at > now() - interval '7 days')
    FOR SHARE OF comments
), concerned ("user", kind, cause, rank) AS (
    SELECT mentions."user", 'mention', 'named', 1 FROM mentions WHERE mentions.comment = $1
    UNION ALL SELECT answered, 'reply', 'answer', 2 FROM subject WHERE NOT $4
    UNION ALL SELECT owner, 'reply', 'own_post', 3 FROM subject
        LEFT JOIN post_follows AS own ON own."user" = owner AND own.post = subject.post
        LEFT JOIN follow_settings AS settings ON settings."user" = owner
        WHERE NOT $4 AND CASE WHEN own.level IS NULL THEN settings.own_posts IS NOT FALSE
            ELSE own.level = 'following' END
    UNION ALL (SELECT follows."user", 'reply', 'followed_post', 4 FROM post_follows AS follows
        WHERE follows.post = (SELECT post FROM subject) AND follows.level = 'following'
            AND follows."user" > $2 AND NOT $4 ORDER BY follows."user" LIMIT $3)
), wanted AS MATERIALIZED (
    SELECT concerned.*, NULL::text AS note, subject.actor, subject.post, subject.key FROM concerned, subject
), {_CHOOSE}
"""
_OF_POST = f"""
WITH subject AS (
    SELECT id, author AS actor, 'post:' || id AS key, tags FROM posts WHERE id = $1 AND removed_at IS NULL
        AND ($4 OR created_at > now() - interval '7 days')
    FOR SHARE
), concerned ("user", kind, cause, rank, note) AS (
    SELECT mentions."user", 'mention', 'named', 1, NULL FROM mentions WHERE mentions.post = $1
    UNION ALL (SELECT follows."user", 'post', 'followed_author', 2, NULL FROM member_follows AS follows
        WHERE follows.member = (SELECT actor FROM subject)
            AND follows."user" > $2 AND NOT $4 ORDER BY follows."user" LIMIT $3)
    UNION ALL (SELECT follows."user", 'post', 'followed_tag', 3, min(follows.tag) FROM tag_follows AS follows
        WHERE follows.tag = ANY((SELECT tags FROM subject)::varchar[])
            AND follows."user" > $2 AND NOT $4 GROUP BY follows."user" ORDER BY follows."user" LIMIT $3)
), wanted AS MATERIALIZED (
    SELECT concerned.*, subject.actor, subject.id AS post, subject.key FROM concerned, subject
), {_CHOOSE}
"""
_OF_FOLLOW = f"""
WITH wanted AS (
    SELECT member AS "user", 'follow' AS kind, 'followed' AS cause, 1 AS rank, NULL AS note, "user" AS actor,
        NULL::bigint AS post, 'follow:' || "user" AS key
    FROM member_follows WHERE "user" = $1 AND member = $4
), {_CHOOSE}
"""


class Recipient(msgspec.Struct, frozen=True):
    """Somebody to be told, as what kind of thing and why; `mail` is how it is to be mailed, if it is."""

    user_id: int
    kind: str
    cause: str
    note: str | None
    actor_id: int
    mail: str | None


class Page(msgspec.Struct, frozen=True):
    """Those to be told, and after whom to go on where there may be more."""

    recipients: list[Recipient]
    last: int | None


async def of_comment(comment_id: int, after: int, limit: int, *, named_only: bool) -> Page:
    """Who is to be told of a comment and was not yet; nobody of one that is gone."""
    return _page(await DB.fetch(_OF_COMMENT, comment_id, after, limit, named_only), limit)


async def of_post(post_id: int, after: int, limit: int, *, named_only: bool) -> Page:
    """The same of a post."""
    return _page(await DB.fetch(_OF_POST, post_id, after, limit, named_only), limit)


async def of_follow(follower_id: int, member_id: int) -> Page:
    """The member who is followed now, unless they do not want to know."""
    return _page(await DB.fetch(_OF_FOLLOW, follower_id, 0, 1, member_id), 2)


def mailed_as(delivery: str) -> str | None:
    return None if delivery in {"off", "in_app"} else delivery


def _page(rows: list[Any], limit: int) -> Page:
    last = rows[-1]["candidate"] if len(rows) == limit else None
    return Page([_recipient(row) for row in rows if row["kind"] is not None], last)


def _recipient(row: Any) -> Recipient:
    return Recipient(
        row["candidate"], row["kind"], row["cause"], row["note"], row["actor"], mailed_as(row["delivery"])
    )
