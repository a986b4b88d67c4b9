"""What all pages of settings share: who they are for, and the sentence after something was kept."""

from typing import Any

from litestar import Request, Response

from app.accounts import queries
from app.accounts.viewer import Viewer, require_member
from app.web.errors import OtpInvalid, OtpRequired, RateLimited, Refusal
from app.web.forms import Form
from app.web.templates import page

Asked = Request[Any, Any, Any]

# They have statuses of their own, and are about a field or a moment all the same.
IN_FORM = (OtpInvalid, OtpRequired, RateLimited)

SAVED = {
    "profile": "Saved. This is how others see you now.",
    "picture": "Your picture is up.",
    "no-picture": "Your picture is gone.",
    "email": "Look into the mail of that address: a link there confirms that it is yours.",
    "no-email": "You keep the address that you have.",
    "new-email": "This is your address now, and it is confirmed.",
    "password": "Your new password is kept. You are signed out everywhere but here.",
    "session": "That device is signed out.",
    "sessions": "All other devices are signed out.",
    "no-token": "That token is revoked: what used it is out.",
    "no-codes": "Codes are not asked for any more.",
    "look": "Kept for this device.",
    "following": "Kept. It holds for what you write from now on.",
    "notifications": "Kept. So you are told from now on.",
}


async def show_settings(
    request: Asked, viewer: Viewer, tab: str, *, status_code: int = 200, **context: object
) -> Response[Any]:
    """The page `settings_{tab}.html`, with the member as they are now. Raises Unauthenticated."""
    member = await queries.get_self(require_member(viewer))
    saved = SAVED.get(request.query_params.get("saved", ""))
    return page(
        request,
        f"settings_{tab}.html",
        status_code=status_code,
        tab=tab,
        member=member,
        saved=saved,
        **context,
    )


def reraise_unless_form(refusal: Refusal) -> None:
    """Only what is wrong with the fields is shown in the form."""
    if refusal.status not in {413, 422} and not isinstance(refusal, IN_FORM):
        raise refusal


def status_of(refusal: Refusal) -> int:
    """Of the page that shows the form again."""
    return 429 if refusal.status == 429 else 422


def form_after(form: Form, refusal: Refusal) -> Form:
    """The form once more with what is wrong; a password or a code is typed again. Raises what is no fault of it."""
    reraise_unless_form(refusal)
    refused = form.refused(refusal)
    refused.values.update({name: "" for name in ("password", "otp", "code") if name in refused.values})
    return refused
