"""HTML: `/dev/mail`, the mailbox of development, for whoever sits at this machine."""

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.enums import MediaType

from app.mail import kept
from app.settings import settings
from app.web.errors import NotFound
from app.web.nearby import require_loopback
from app.web.templates import page

Asked = Request[Any, Any, Any]

# A mail has its styles in it, so it cannot live under the policy of our pages: it is framed, without scripts.
_FRAMED = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "Cache-Control": "private, no-cache",
}


class DevMailPages(Controller):
    path = "/dev/mail"
    include_in_schema = False

    @get("/")
    async def show_list(self, request: Asked) -> Response[Any]:
        _require_development(request)
        return page(request, "dev_mail.html", mails=await kept.list_mails(), smtp=bool(settings.smtp_url))

    @get("/{mail_id:int}")
    async def show_mail(self, request: Asked, mail_id: int) -> Response[Any]:
        _require_development(request)
        return page(request, "dev_mail_one.html", mail=await kept.get_mail(mail_id))

    @get("/{mail_id:int}/html")
    async def show_html(self, request: Asked, mail_id: int) -> Response[str]:
        _require_development(request)
        # Its links lead out of the frame, which our pages refuse to be in.
        html = (await kept.get_mail(mail_id)).html.replace("<a ", '<a target="_top" ')
        return Response(html, media_type=MediaType.HTML, headers=_FRAMED)


def _require_development(request: Asked) -> None:
    """Raises NotFound: mails open accounts, so they are shown only here. In production never."""
    if settings.production:
        raise NotFound
    require_loopback(request)
