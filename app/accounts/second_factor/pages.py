"""HTML: turning the second factor on and off, and the moments in which its secrets are seen."""

from typing import Any

from litestar import Controller, Response, get, post

from app.accounts.second_factor import services
from app.accounts.second_factor.cookies import CODES, PATH, SECRET, cookie, kept_in, no_cookie
from app.accounts.second_factor.queries import are_codes_of, begun_secret, state_of
from app.accounts.second_factor.schemas import Confirmation, Ending, Enrolment, NewFactor
from app.accounts.settings.layout import Asked, form_after, show_settings, status_of
from app.accounts.viewer import Viewer, require_session
from app.web.errors import Conflict, Refusal
from app.web.forms import Form, empty_form, read_form, see_other
from app.web.sizes import FEW_WORDS
from app.web.suspension import ALSO_SUSPENDED
from app.web.validation import read_fields

# Codes parted so stand in a cookie as they are.
BETWEEN = "."


class SecondFactorPages(Controller):
    path = PATH
    include_in_schema = False
    opt = ALSO_SUSPENDED
    request_max_body_size = FEW_WORDS

    @get("/")
    async def show_second_factor(self, request: Asked, viewer: Viewer) -> Response[Any]:
        codes = await _codes_in(request, viewer)
        response = await _show(request, viewer, empty_form("password", "otp", "code"), codes=codes)
        if codes:
            response.set_cookie(no_cookie(CODES))
        return response

    @post("/")
    async def begin(self, request: Asked, viewer: Viewer) -> Response[Any]:
        form = await read_form(request, "password")
        try:
            begun = await services.begin(viewer, read_fields(NewFactor, form.values))
        except Conflict:
            return see_other(PATH)
        except Refusal as refusal:
            return await _refused(request, viewer, form, refusal)
        response = see_other(PATH)
        response.set_cookie(cookie(SECRET, begun.secret))
        return response

    @post("/code")
    async def confirm(self, request: Asked, viewer: Viewer) -> Response[Any]:
        form = await read_form(request, "code")
        try:
            made = await services.confirm(viewer, read_fields(Confirmation, form.values))
        except Conflict:
            return see_other(PATH)
        except Refusal as refusal:
            return await _refused(request, viewer, form, refusal)
        response = see_other(PATH)
        response.set_cookie(cookie(CODES, BETWEEN.join(made.recovery_codes)))
        response.set_cookie(no_cookie(SECRET))
        return response

    @post("/removal")
    async def end(self, request: Asked, viewer: Viewer) -> Response[Any]:
        form = await read_form(request, "password", "otp")
        try:
            await services.end(viewer, read_fields(Ending, form.values))
        except Refusal as refusal:
            return await _refused(request, viewer, form, refusal)
        return see_other(f"{PATH}?saved=no-codes")


async def _show(
    request: Asked, viewer: Viewer, form: Form, status_code: int = 200, codes: list[str] | None = None
) -> Response[Any]:
    state = await state_of(require_session(viewer))
    begun = None if state.since else await _begun_in(request, viewer)
    response = await show_settings(
        request,
        viewer,
        "codes",
        status_code=status_code,
        form=form,
        state=state,
        begun=begun,
        codes=codes,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


async def _refused(request: Asked, viewer: Viewer, form: Form, refusal: Refusal) -> Response[Any]:
    response = await _show(request, viewer, form_after(form, refusal), status_of(refusal))
    response.headers.update(refusal.headers)
    return response


async def _begun_in(request: Asked, viewer: Viewer) -> Enrolment | None:
    """What was begun, for the browser that began it: who only has the session never sees the secret."""
    secret = kept_in(request.cookies, SECRET)
    if secret is None or secret != await begun_secret(require_session(viewer)):
        return None
    return services.enrolment_of(viewer, secret)


async def _codes_in(request: Asked, viewer: Viewer) -> list[str]:
    """The recovery codes that were just made; not those that somebody else has put into the cookie."""
    kept = kept_in(request.cookies, CODES)
    codes = kept.split(BETWEEN) if kept else []
    return codes if codes and await are_codes_of(require_session(viewer), codes) else []
