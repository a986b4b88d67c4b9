"""The way to Piccolo Admin: for admins by our own session, and for everybody else there is nothing."""

import asyncio
import re
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

import asyncpg
from litestar import Request, Response, asgi
from litestar.types import ASGIApp, Receive, Scope, Send

from app.admin.answer import Answer, Body
from app.database.transaction import transaction
from app.settings import settings
from app.web.errors import BadQuery, MethodNotAllowed, NotFound, Refusal, Unavailable
from app.web.forms import see_other
from app.web.origin import SAFE, refuse_cross_site

Asked = Request[Any, Any, Any]

# Its own log-in, password form, media and API pages are left out: those doors are ours, or are not there.
PAGES = re.compile(r"/|/assets/[\w.-]+|/api/(tables|forms|links|user)/.*|/public/(meta|translations)/.*")
CHANGES = re.compile(r"/api/tables/users/[0-9]{1,18}/")
# What Piccolo Admin raises for filters and orders that make no sense.
_UNREADABLE = (ValueError, asyncpg.DataError, asyncpg.PostgresSyntaxError)


@asgi("/admin", is_mount=True, copy_scope=False)
async def admin(scope: Scope, receive: Receive, send: Send) -> None:
    """Raises NotFound for all who are not admins, Unavailable when we cannot know who is."""
    # A mount matches without a boundary and changes the path; what was asked for stands in raw_path.
    path = scope["path"] = unquote(scope["raw_path"].decode("latin-1"))
    request: Asked = Request(scope)
    if isinstance(request.state.refusal, Unavailable):
        raise request.state.refusal
    if request.state.viewer.role != "admin" or not f"{path}/".startswith("/admin/"):
        raise NotFound
    if path == "/admin":
        await _send(request, see_other("/admin/"), receive, send)
        return
    try:
        await _pass_on(request, path, receive, send)
    except Refusal as refusal:
        # Its page shows a `detail` to whoever sits before it.
        await _send(request, Response({"detail": refusal.message}, status_code=refusal.status), receive, send)


async def _pass_on(request: Asked, path: str, receive: Receive, send: Send) -> None:
    inner = path.removeprefix("/admin")
    if not PAGES.fullmatch(inner):
        raise NotFound
    changes = request.method not in SAFE
    if changes:
        refuse_cross_site(request.method, request.headers)
        if request.method != "PATCH" or not CHANGES.fullmatch(inner):
            raise MethodNotAllowed("This is only shown here, and cannot be changed here.")
    panel = await asyncio.to_thread(_panel)
    scope: Any = {**request.scope, "path": path, "root_path": "/admin", "app_root_path": "/admin"}
    answer = await (_change(panel, scope, receive) if changes else _show(panel, scope, receive))
    await answer.send(send)


async def _show(panel: ASGIApp, scope: Any, receive: Receive) -> Answer:
    answer = Answer()
    try:
        await panel(scope, receive, answer.take)
    except _UNREADABLE as error:
        raise BadQuery from error
    return answer


async def _change(panel: ASGIApp, scope: Any, receive: Receive) -> Answer:
    """One change, one transaction, its line in the record included; a refused one leaves nothing."""
    # Read before the transaction begins: it must not wait for a slow line.
    body = await Body.read(receive, settings.body_limit_bytes)
    answer = Answer()
    with suppress(_Refused):
        async with transaction() as change:
            # For the hook that makes the change, in `changes.py`.
            scope["state"] = {**scope["state"], "change": change}
            await panel(scope, body.receive, answer.take)
            if answer.status >= 400:
                raise _Refused
    return answer


class _Refused(Exception):
    """Piccolo Admin answered with an error: what it did until then is undone."""


def _panel() -> Any:
    # Imported when the first admin comes: it takes half a second that no start should wait for.
    from app.admin.panel import panel  # noqa: PLC0415  # see above

    return panel()


async def _send(request: Asked, response: Response[Any], receive: Receive, send: Send) -> None:
    await response.to_asgi_response(app=None, request=request)(request.scope, receive, send)
