"""Members who are suspended read, and write nothing: here for every request, so that no controller can forget it."""

from typing import Any

from litestar import Request, Response

from app.web.errors import Suspended
from app.web.forms import Form, read_parts
from app.web.origin import SAFE
from app.web.templates import page

# For routes that change nothing but how one gets in, what one has read, and whether one stays (`opt=` of a route).
ALSO_SUSPENDED = {"also_suspended": True}
FORM = "application/x-www-form-urlencoded"


async def refuse_suspended(request: Request[Any, Any, Any]) -> Response[Any] | None:
    """None for who may go on; a form comes back with every word. Raises Suspended."""
    viewer = request.state.viewer
    if request.method in SAFE or not viewer.suspended or request.route_handler.opt.get("also_suspended"):
        return None
    refusal = Suspended(viewer.suspension.words)
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != FORM or request.url.path.startswith("/api/"):
        raise refusal
    return await _form_again(request, refusal)


async def _form_again(request: Request[Any, Any, Any], refusal: Suspended) -> Response[Any]:
    sent = await read_parts(request)
    words = {name: value.replace("\r\n", "\n") for name, value in sent.items() if isinstance(value, str)}
    return page(
        request,
        "refused_form.html",
        status_code=403,
        title="Not now",
        form=Form(values=words),
        message=refusal.message,
        action=request.url.path,
    )
