"""HTML: one's tokens, and the one moment in which a new one is seen."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from litestar import Controller, Response, get, post

from app.accounts.scopes import RANKS, SCOPES, reach
from app.accounts.settings.layout import Asked, reraise_unless_form, show_settings
from app.accounts.tokens import services
from app.accounts.tokens.cookies import PATH, made_cookie, made_in, no_made_cookie
from app.accounts.tokens.queries import find_made, list_tokens
from app.accounts.tokens.schemas import NewToken, Token
from app.accounts.viewer import Viewer
from app.times import iso
from app.web.errors import Conflict, Refusal
from app.web.forms import Form, empty_form, read_choices, read_form, see_other
from app.web.sizes import FEW_WORDS
from app.web.suspension import ALSO_SUSPENDED
from app.web.validation import read_fields

DAYS = {7: "A week", 30: "A month", 90: "3 months", 365: "A year"}
USUAL_DAYS = 90


class TokenPages(Controller):
    path = PATH
    include_in_schema = False
    opt = ALSO_SUSPENDED
    request_max_body_size = FEW_WORDS

    @get("/")
    async def show_tokens(self, request: Asked, viewer: Viewer) -> Response[Any]:
        text = made_in(request.cookies)
        made = await find_made(viewer, text) if text else None
        form = empty_form("name", scopes="read", expires_at=_in_days(USUAL_DAYS))
        response = await _show(request, viewer, form, made=made)
        if text:
            response.set_cookie(no_made_cookie())
            response.headers["Cache-Control"] = "no-store"
        return response

    @post("/")
    async def make_token(self, request: Asked, viewer: Viewer) -> Response[Any]:
        form = await read_form(request, "name", "expires_at")
        scopes = await read_choices(request, "scopes")
        form.values["scopes"] = " ".join(scopes)
        fields = {
            "name": form.values["name"],
            "scopes": scopes,
            "expires_at": form.values["expires_at"] or None,
        }
        try:
            made = await services.make_token(viewer, read_fields(NewToken, fields))
        except Refusal as refusal:
            return await _refused(request, viewer, form, refusal)
        response = see_other(PATH)
        response.set_cookie(made_cookie(str(made.token)))
        return response

    @post("/{token_id:int}/removal")
    async def revoke_token(self, viewer: Viewer, token_id: int) -> Response[Any]:
        await services.delete_token(viewer, token_id)
        return see_other(f"{PATH}?saved=no-token")


async def _show(
    request: Asked, viewer: Viewer, form: Form, status_code: int = 200, made: Token | None = None
) -> Response[Any]:
    tokens = await list_tokens(viewer)
    choices = [scope for scope in SCOPES if reach([scope]) <= RANKS.index(viewer.role)]
    return await show_settings(
        request, viewer, "tokens", status_code=status_code, tokens=tokens, form=form, made=made,
        choices=choices, expiries=_expiries(form.values["expires_at"]), now=iso(datetime.now(UTC)),
    )  # fmt: skip


async def _refused(request: Asked, viewer: Viewer, form: Form, refusal: Refusal) -> Response[Any]:
    if not isinstance(refusal, Conflict):
        reraise_unless_form(refusal)
    return await _show(request, viewer, form.refused(refusal), 422)


def _expiries(chosen: str) -> list[tuple[str, str]]:
    """What may be chosen, as value and name: what was chosen before midnight is still among them after it."""
    found = {_in_days(days): name for days, name in DAYS.items()}
    if chosen and chosen not in found:
        found[chosen] = "As before"
    return [*found.items(), ("", "Without end")]


def _in_days(days: int) -> str:
    today = datetime.combine(datetime.now(UTC).date(), time(), UTC)
    return iso(today + timedelta(days=days))
