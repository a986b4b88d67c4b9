"""HTML: `/settings/notifications`."""

from typing import Any

import msgspec
from litestar import Controller, Response, get, post

from app.accounts.settings.layout import Asked, reraise_unless_form, show_settings
from app.accounts.viewer import Viewer, require_member
from app.notifications.schemas import DEFAULTS
from app.notifications.settings.queries import read_settings
from app.notifications.settings.schemas import NotificationSettings, SettingsChange
from app.notifications.settings.services import change_settings
from app.web.errors import Refusal
from app.web.forms import Form, empty_form, read_form, see_other
from app.web.suspension import ALSO_SUSPENDED
from app.web.validation import read_fields


class NotificationSettingsPages(Controller):
    path = "/settings/notifications"
    include_in_schema = False
    opt = ALSO_SUSPENDED

    @get("/")
    async def show(self, request: Asked, viewer: Viewer) -> Response[Any]:
        settings = await read_settings(require_member(viewer))
        return await show_settings(request, viewer, "notifications", form=_form(settings))

    @post("/")
    async def change(self, request: Asked, viewer: Viewer) -> Response[Any]:
        form = await read_form(request, *DEFAULTS, "weekly_digest")
        given = {name: value for name, value in form.values.items() if value}
        try:
            wanted = {**given, "weekly_digest": form.values["weekly_digest"] == "true"}
            await change_settings(viewer, read_fields(SettingsChange, wanted))
        except Refusal as refusal:
            reraise_unless_form(refusal)
            again = form.refused(refusal)
            return await show_settings(request, viewer, "notifications", status_code=422, form=again)
        return see_other("/settings/notifications?saved=notifications")


def _form(settings: NotificationSettings) -> Form:
    chosen = msgspec.structs.asdict(settings)
    chosen["weekly_digest"] = "true" if settings.weekly_digest else ""
    return empty_form(**chosen)
