"""HTML: the form with which members report something, and the queue in which moderators decide."""

from typing import Any

from litestar import Controller, Request, Response, get, post

from app.accounts.viewer import Viewer, require_member, require_moderator
from app.flags import services
from app.flags.queries import find_open
from app.flags.queue import read_queue
from app.flags.removing import remove
from app.flags.schemas import Decision, Flag, Named, NewFlag
from app.flags.things import read_thing
from app.moderation.schemas import read_reason
from app.web.errors import Refusal
from app.web.forms import Form, empty_form, read_form, see_other
from app.web.pagination import page_meta, page_number
from app.web.sizes import FEW_WORDS
from app.web.templates import page
from app.web.validation import read_fields

Asked = Request[Any, Any, Any]
PER_PAGE = 20


class FlagPages(Controller):
    include_in_schema = False
    request_max_body_size = FEW_WORDS

    @get("/flags/new")
    async def show_new(self, request: Asked, viewer: Viewer, subject: str = "") -> Response[Any]:
        """The form; that it was reported, to who has done so."""
        user_id, named = require_member(viewer), Named.parse(subject)
        told = await find_open(user_id, named)
        return await _show_form(request, viewer, named, empty_form("reason", "note"), told)

    @post("/flags")
    async def report(self, request: Asked, viewer: Viewer) -> Response[Any]:
        form = await read_form(request, "subject", "reason", "note")
        try:
            await services.report(viewer, read_fields(NewFlag, form.values))
        except Refusal as refusal:
            if refusal.status not in {401, 422}:
                raise
            named = Named.parse(form.values["subject"])
            return await _show_form(request, viewer, named, form.refused(refusal), None, 422)
        return see_other(f"/flags/new?subject={form.values['subject']}")

    @get("/moderation")
    async def show_queue(self, request: Asked, viewer: Viewer) -> Response[Any]:
        return await _show_queue(request, viewer, empty_form("reason"))

    @post("/flags/{flag_id:int}")
    async def decide(self, request: Asked, viewer: Viewer, flag_id: int) -> Response[Any]:
        form = await read_form(request, "status", "reason")
        try:
            await _decide(viewer, flag_id, form)
        except Refusal as refusal:
            if refusal.status not in {409, 422}:
                raise
            return await _show_queue(request, viewer, form.refused(refusal), flag_id, 422)
        return see_other("/moderation")


async def _show_form(
    request: Asked, viewer: Viewer, named: Named, form: Form, told: Flag | None, status_code: int = 200
) -> Response[Any]:
    if told is None:
        await services.require_reportable(viewer, named)
    thing = await read_thing(named)
    return page(request, "flag.html", status_code=status_code, thing=thing, form=form, told=told)


async def _decide(viewer: Viewer, flag_id: int, form: Form) -> None:
    require_moderator(viewer)
    status = form.values["status"]
    if status == "removed":
        await remove(viewer, flag_id, read_reason(form.values["reason"]))
    else:
        await services.decide(viewer, flag_id, read_fields(Decision, {"status": status}))


async def _show_queue(
    request: Asked, viewer: Viewer, form: Form, refused: int = 0, status_code: int = 200
) -> Response[Any]:
    """`refused` is the flag about which the form came, 0 where none did."""
    current = page_number(request)
    cases, total = await read_queue(viewer, current, PER_PAGE)
    meta = page_meta(current, PER_PAGE, total)
    return page(
        request,
        "moderation.html",
        status_code=status_code,
        cases=cases,
        meta=meta,
        form=form,
        refused=refused,
    )
