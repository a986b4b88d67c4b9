"""HTML: a member's page, with what they wrote."""

import re
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.response import Redirect

from app.accounts import queries
from app.accounts.profiles.queries import count_written
from app.accounts.schemas import User
from app.accounts.viewer import Viewer
from app.comments.written import list_written
from app.follows.queries import ties_to
from app.posts.queries import Filter, list_posts
from app.web.errors import NotFound
from app.web.pagination import page_meta, page_number
from app.web.templates import page

Asked = Request[Any, Any, Any]
PER_PAGE = 20
HANDLE = re.compile(r"@[A-Za-z0-9_]{3,20}\Z")


class ProfilePages(Controller):
    """`handle` is the whole part of the path, as it begins with the @."""

    include_in_schema = False

    @get("/{handle:str}")
    async def show_posts(self, request: Asked, viewer: Viewer, handle: str) -> Response[Any]:
        member = await _find(viewer, handle)
        if f"@{member.username}" != handle:
            return _right_spelling(request, member, "")
        written, current = await count_written(member.id), page_number(request)
        wanted = Filter(sort="recent", author=member.username)
        posts, total = await list_posts(viewer, wanted, current, PER_PAGE)
        meta = page_meta(current, PER_PAGE, total)
        return page(
            request,
            "profile.html",
            member=member,
            written=written,
            tab="posts",
            posts=posts,
            meta=meta,
            ties=await ties_to(viewer, member.id),
        )

    @get("/{handle:str}/comments")
    async def show_comments(self, request: Asked, viewer: Viewer, handle: str) -> Response[Any]:
        member = await _find(viewer, handle)
        if f"@{member.username}" != handle:
            return _right_spelling(request, member, "/comments")
        written, current = await count_written(member.id), page_number(request)
        remarks = await list_written(viewer, member.id, current, PER_PAGE)
        meta = page_meta(current, PER_PAGE, 0 if member.id in viewer.hidden else written.comments)
        return page(
            request,
            "profile.html",
            member=member,
            written=written,
            tab="comments",
            remarks=remarks,
            meta=meta,
            ties=await ties_to(viewer, member.id),
        )


async def _find(viewer: Viewer, handle: str) -> User:
    if not HANDLE.match(handle):
        raise NotFound
    return await queries.get_by_username(viewer, handle[1:])


def _right_spelling(request: Asked, member: User, rest: str) -> Response[Any]:
    query = request.url.query
    return Redirect(f"/@{member.username}{rest}" + (f"?{query}" if query else ""), status_code=301)
