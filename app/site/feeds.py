"""Atom feeds: the newest posts, and the newest comments of a thread; the same for everybody."""

import uuid
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from litestar import Request, Response, get

from app.site import queries
from app.site.queries import Feed
from app.times import iso
from app.web.address import caching, root
from app.web.xml import document

ATOM = "application/atom+xml"
# Before the first post there was no change: a time that every reader takes.
NEVER = datetime(2000, 1, 1, tzinfo=UTC)
Asked = Request[Any, Any, Any]


@get("/feed.atom", include_in_schema=False)
async def front_feed(request: Asked) -> Response[bytes]:
    return _feed(request, "front.atom", await queries.read_front_feed())


@get("/posts/{post_id:int}/feed.atom", include_in_schema=False)
async def thread_feed(request: Asked, post_id: int) -> Response[bytes]:
    return _feed(request, "thread.atom", await queries.read_thread_feed(post_id))


def _feed(request: Asked, template: str, feed: Feed) -> Response[bytes]:
    def entry_id(subject: str) -> str:
        return uuid.uuid5(feed.installation, subject).urn

    changed = feed.changed or NEVER
    body = document(
        template,
        feed=feed,
        root=root(request),
        here=request.url.path,
        entry_id=entry_id,
        changed=iso(changed),
    )
    headers = {"Cache-Control": caching()}
    # Whole seconds: one that is not over may hold another change.
    if (datetime.now(UTC) - changed).total_seconds() > 2:
        headers["Last-Modified"] = format_datetime(changed.astimezone(UTC), usegmt=True)
    return Response(body, media_type=ATOM, headers=headers)
