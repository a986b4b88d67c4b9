"""The verbs of reactions. What a toggle leaves dirty is counted and told by `flush` (LIVE.md 3.8)."""

from typing import Any, Literal

import msgspec

from app.accounts.viewer import Viewer
from app.comments import queries as comments
from app.comments import services as comment_services
from app.database.engine import DB
from app.database.transaction import retried, transaction
from app.notifications.jobs import notify_reactions_soon
from app.posts import queries as posts
from app.posts import services as post_services
from app.reactions.counting import flusher
from app.reactions.events import ReactionsChanged
from app.reactions.schemas import ChangedReactions, Kind, Reactions
from app.web.errors import Forbidden, Unauthenticated

BATCH = 500

_ADD = """
INSERT INTO reactions ("user", post, comment, kind) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING id
"""
_TAKE = """
DELETE FROM reactions WHERE "user" = $1 AND kind = $4
    AND (post = $2::bigint OR comment = $3::bigint) RETURNING id
"""
_SOIL = """
INSERT INTO dirty (subject) VALUES ($1) ON CONFLICT (subject) DO UPDATE SET version = dirty.version + 1
"""
_COUNT = """
SELECT kind, count(*) AS count FROM reactions WHERE post = $1::bigint OR comment = $2::bigint
GROUP BY kind ORDER BY min(id)
"""


class Subject(msgspec.Struct, frozen=True):
    """What is reacted to: a post or a comment."""

    noun: Literal["post", "comment"]
    id: int

    @property
    def name(self) -> str:
        return f"{self.noun}:{self.id}"

    @property
    def columns(self) -> tuple[int | None, int | None]:
        """The values of `reactions.post` and `reactions.comment`."""
        return (self.id, None) if self.noun == "post" else (None, self.id)


async def add_reaction(viewer: Viewer, subject: Subject, kind: Kind) -> Reactions[Any]:
    """React; again does nothing. Raises Unauthenticated, NotFound, Forbidden (what is removed)."""
    return await _toggle(viewer, subject, kind, _ADD)


async def take_reaction(viewer: Viewer, subject: Subject, kind: Kind) -> Reactions[Any]:
    """Take a reaction back; again does nothing. Raises Unauthenticated, NotFound, Forbidden."""
    return await _toggle(viewer, subject, kind, _TAKE)


async def flush() -> None:
    """Count and tell what changed since it was last counted. A flush that is killed leaves it for the next."""
    for row in await DB.fetch("SELECT subject FROM dirty ORDER BY subject LIMIT $1", BATCH):
        noun, _, number = row["subject"].partition(":")
        await _flush(Subject(noun, int(number)))


async def _toggle(viewer: Viewer, subject: Subject, kind: Kind, change: str) -> Reactions[Any]:
    if not viewer.signed_in:
        raise Unauthenticated
    found = await _find(viewer, subject)
    if not found.viewer or "react" not in found.viewer.can:
        raise Forbidden
    async with transaction():
        if await DB.fetch(change, viewer.id, *subject.columns, kind):
            await soil(subject)
    flusher.wake()
    return Reactions(await _count(subject), (await _find(viewer, subject)).viewer or None)


async def soil(subject: Subject) -> None:
    """Have it counted again, inside the caller's transaction."""
    await DB.fetch(_SOIL, subject.name)


async def _find(viewer: Viewer, subject: Subject) -> Any:
    if subject.noun == "post":
        return await posts.get_post(viewer, subject.id)
    return await comments.get_comment(viewer, subject.id)


@retried
async def _flush(subject: Subject) -> None:
    async with transaction() as change:
        services: Any = post_services if subject.noun == "post" else comment_services
        post_id = await services.lock_reactions(subject.id)
        # Another process has it in hand: what we know, it will count.
        if post_id is None:
            return
        version = await DB.fetch("SELECT version FROM dirty WHERE subject = $1", subject.name)
        if not version:
            return
        # Counted after the lock and after the version: what is committed later has moved the version.
        counts = await _count(subject)
        await services.write_reactions(change, subject.id, post_id, counts)
        await change.record(ReactionsChanged(post_id, ChangedReactions(subject.name, counts)))
        await DB.fetch(
            "DELETE FROM dirty WHERE subject = $1 AND version = $2", subject.name, version[0]["version"]
        )
        await notify_reactions_soon(change, subject.noun, subject.id)


async def _count(subject: Subject) -> dict[str, int]:
    return {row["kind"]: row["count"] for row in await DB.fetch(_COUNT, *subject.columns)}
