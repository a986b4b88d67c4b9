"""HTML: what moderators and admins decide about a member: suspension, role, and the notes of admins."""

from datetime import UTC, datetime, timedelta
from typing import Any

from litestar import Controller, Request, Response, get, post

from app.accounts import queries
from app.accounts.administration import MemberChange, NotesChange, RoleChange, change_member
from app.accounts.suspensions import services
from app.accounts.suspensions.queries import find_decision
from app.accounts.suspensions.schemas import NewSuspension
from app.accounts.viewer import Viewer, require_moderator
from app.times import iso
from app.web.errors import Refusal
from app.web.forms import Form, empty_form, read_form, see_other
from app.web.templates import page
from app.web.validation import read_fields

Asked = Request[Any, Any, Any]

DAYS = {1: "A day", 3: "3 days", 7: "A week", 30: "A month", 90: "3 months", 365: "A year"}
USUAL_DAYS = 7
SAVED = {
    "suspension": "Suspended. They can read, and not write.",
    "lifted": "Lifted. They can write again.",
    "role": "Their role is changed.",
    "notes": "Your notes are kept. Only admins see them.",
}


class ManagementPages(Controller):
    path = "/users/{user_id:int}"
    include_in_schema = False

    @get("/management")
    async def show(self, request: Asked, viewer: Viewer, user_id: int) -> Response[Any]:
        return await _show(request, viewer, user_id)

    @post("/suspension")
    async def suspend(self, request: Asked, viewer: Viewer, user_id: int) -> Response[Any]:
        form = await read_form(request, "until", "reason")
        fields = {"until": form.values["until"] or None, "reason": form.values["reason"]}
        try:
            await services.suspend(viewer, user_id, read_fields(NewSuspension, fields))
        except Refusal as refusal:
            return await _refused(request, viewer, user_id, form, refusal)
        return _back(user_id, "suspension")

    @post("/suspension/removal")
    async def lift(self, viewer: Viewer, user_id: int) -> Response[Any]:
        await services.lift(viewer, user_id)
        return _back(user_id, "lifted")

    @post("/role")
    async def set_role(self, request: Asked, viewer: Viewer, user_id: int) -> Response[Any]:
        form = await read_form(request, "role")
        try:
            wanted = read_fields(RoleChange, {"role": form.values["role"]})
            await change_member(viewer, user_id, MemberChange(role=wanted.role))
        except Refusal as refusal:
            return await _refused(request, viewer, user_id, form, refusal)
        return _back(user_id, "role")

    @post("/admin-notes")
    async def set_notes(self, request: Asked, viewer: Viewer, user_id: int) -> Response[Any]:
        form = await read_form(request, "text")
        try:
            wanted = read_fields(NotesChange, {"text": form.values["text"]})
            await change_member(viewer, user_id, MemberChange(admin_notes=wanted.text))
        except Refusal as refusal:
            return await _refused(request, viewer, user_id, form, refusal)
        return _back(user_id, "notes")


async def _refused(
    request: Asked, viewer: Viewer, user_id: int, form: Form, refusal: Refusal
) -> Response[Any]:
    """The page again with every word in it. Raises what no other words would change."""
    if refusal.status != 422:
        raise refusal
    return await _show(request, viewer, user_id, form.refused(refusal), 422)


async def _show(
    request: Asked, viewer: Viewer, user_id: int, refused: Form | None = None, status_code: int = 200
) -> Response[Any]:
    require_moderator(viewer)
    member = await queries.get_user(viewer, user_id)
    decision = await find_decision(viewer, user_id)
    notes = member.admin_notes if viewer.is_admin else ""
    form = empty_form(until=_in_days(USUAL_DAYS), reason="", role=member.role, text=str(notes))
    if refused:
        form.values.update(refused.values)
        form.errors, form.message = refused.errors, refused.message
    return page(
        request, "member_management.html", status_code=status_code, member=member, decision=decision, form=form,
        ends=_ends(form.values["until"]), saved=SAVED.get(request.query_params.get("saved", "")),
        may_suspend=services.may_suspend(viewer, user_id, member.role),
    )  # fmt: skip


def _ends(chosen: str) -> list[tuple[str, str]]:
    """What may be chosen, as value and name; what was chosen a while ago is still among them."""
    found = {_in_days(days): name for days, name in DAYS.items()}
    if chosen and chosen not in found:
        found[chosen] = "As before"
    return [*found.items(), ("", "Until it is lifted")]


def _in_days(days: int) -> str:
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return iso(hour + timedelta(days=days, hours=1))


def _back(user_id: int, what: str) -> Response[Any]:
    return see_other(f"/users/{user_id}/management?saved={what}")
