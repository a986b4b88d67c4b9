"""Reading notifications: what one may not see any more is not among them."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from app.accounts.authors import Author
from app.accounts.viewer import Viewer, require_member
from app.database.engine import DB
from app.live import channels
from app.markdown import excerpt
from app.notifications.schemas import Listed, Notification, Subject
from app.notifications.texts import sentence
from app.posts.queries import position
from app.posts.schemas import Position, post_url
from app.times import iso, iso_or_none
from app.web.errors import NotFound

ACTORS = 3

# Of those who reacted or follow, only they count who still do; nobody whom a block hides. OFFSET 0 keeps what
# is dear to ask from being asked of every actor of every notification.
_WHO = f"""
LEFT JOIN LATERAL (
    SELECT count(*) AS count, coalesce(json_agg(json_build_object(
        'id', known.id, 'username', known.username, 'name', known.name, 'avatar_url', known.avatar,
        'role', known.role) ORDER BY known.number DESC) FILTER (WHERE known.place <= {ACTORS}), '[]')::text AS actors
    FROM (
        SELECT users.id, users.username, users.role, profiles.avatar, acting.id AS number,
            coalesce(profiles.display_name, users.username) AS name,
            row_number() OVER (ORDER BY acting.id DESC) AS place
        FROM (SELECT * FROM notification_actors WHERE notification = notifications.id OFFSET 0) AS acting
        JOIN users ON users.id = acting.actor AND users.left_at IS NULL
        LEFT JOIN profiles ON profiles."user" = users.id
        WHERE acting.actor <> ALL(hubbub_hidden_from(notifications."user"))
            AND CASE notifications.kind
                WHEN 'reaction' THEN EXISTS (SELECT FROM reactions WHERE reactions."user" = acting.actor
                    AND (reactions.comment = notifications.comment OR reactions.post = notifications.post))
                WHEN 'follow' THEN EXISTS (SELECT FROM member_follows
                    WHERE member_follows."user" = acting.actor AND member_follows.member = notifications."user")
                ELSE true END
    ) AS known
) AS who ON true
"""
SELECT = f"""
SELECT notifications.*, who.count AS actors_count, who.actors, comments.body_html, comments.removed_at,
    posts.id AS post_id, posts.title, posts.excerpt, posts.removed_at AS post_removed_at,
    person.username, coalesce(profiles.display_name, person.username) AS person_name
FROM notifications
LEFT JOIN comments ON comments.id = notifications.comment
LEFT JOIN posts ON posts.id = coalesce(notifications.post, comments.post)
LEFT JOIN users AS person ON person.id = notifications.member AND person.left_at IS NULL
LEFT JOIN profiles ON profiles."user" = person.id
{_WHO}
"""
# What moderators did to one's own is told of all the more when it is gone.
VISIBLE = """
(notifications.kind = 'moderation' AND (posts.removed_at IS NULL OR posts.author = notifications."user")
    OR who.count > 0 AND posts.removed_at IS NULL AND comments.removed_at IS NULL)
"""
_LIST = f"""
{SELECT} WHERE notifications."user" = $1 AND notifications.seq < $2 AND (notifications.read_at IS NULL OR NOT $3)
    AND {VISIBLE}
ORDER BY notifications.seq DESC LIMIT $4
"""


async def list_notifications(viewer: Viewer, *, unread: bool, before: int, limit: int) -> Listed:
    """The viewer's notifications with a smaller `seq` than `before`, newest first. Raises Unauthenticated."""
    rows = await DB.fetch(_LIST, require_member(viewer), before, unread, limit + 1)
    more = str(rows[limit - 1]["seq"]) if len(rows) > limit else None
    return Listed([shown(row) for row in rows[:limit]], more)


async def read_page(viewer: Viewer, *, unread: bool, before: int, limit: int) -> tuple[Listed, Position]:
    """The same with where the viewer's channel stood, all of one moment. Raises Unauthenticated."""
    user_id = require_member(viewer)
    async with DB.snapshot():
        listed = await list_notifications(viewer, unread=unread, before=before, limit=limit)
        return listed, await position(channels.user(user_id))


async def get_notification(viewer: Viewer, notification_id: int) -> Notification:
    """One of the viewer's own. Raises Unauthenticated, NotFound."""
    rows = await DB.fetch(
        f'{SELECT} WHERE notifications.id = $1 AND notifications."user" = $2 AND {VISIBLE}',
        notification_id,
        require_member(viewer),
    )
    if not rows:
        raise NotFound
    return shown(rows[0])


async def read_rows(ids: Collection[int]) -> list[Any]:
    """Those of anybody, whatever became of their subjects, for what their owners are to be told; by id."""
    return await DB.fetch(
        f"{SELECT} WHERE notifications.id = ANY($1::bigint[]) ORDER BY notifications.id", ids
    )


def shown(row: Mapping[str, Any]) -> Notification:
    """A row of `SELECT` as its owner sees it: nothing of what has been removed."""
    return Notification(
        id=row["id"],
        kind=row["kind"],
        actors=msgspec.json.decode(row["actors"], type=list[Author]),
        actors_count=row["actors_count"],
        subject=_subject(row),
        excerpt=_excerpt(row),
        reason=sentence(row["cause"], row["note"]),
        read_at=iso_or_none(row["read_at"]),
        created_at=iso(row["created_at"]),
    )


def _subject(row: Mapping[str, Any]) -> Subject:
    if row["member"] is not None:
        return Subject("user", row["member"], row["person_name"], f"/@{row['username']}")
    title = row["title"] if row["post_removed_at"] is None or row["kind"] == "moderation" else None
    if row["comment"] is not None:
        return Subject("comment", row["comment"], title, f"/comments/{row['comment']}")
    return Subject("post", row["post_id"], title, post_url(row["post_id"], title or ""))


def _excerpt(row: Mapping[str, Any]) -> str | None:
    """What was written; of what moderators did, what they said about it."""
    if row["kind"] == "moderation":
        note: str | None = row["note"]
        return note
    if row["post_removed_at"] is not None or row["removed_at"] is not None:
        return None
    text: str | None = excerpt(row["body_html"]) if row["comment"] is not None else row["excerpt"]
    return text or None
