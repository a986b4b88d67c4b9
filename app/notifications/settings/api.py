"""JSON: how one is told."""

from litestar import Controller, Response, get, patch

from app.accounts.viewer import Viewer, require_member
from app.notifications.settings.queries import read_settings
from app.notifications.settings.schemas import NotificationSettings, SettingsChange
from app.notifications.settings.services import change_settings
from app.web.envelope import Success, ok
from app.web.suspension import ALSO_SUSPENDED


class NotificationSettingsController(Controller):
    path = "/api/v1/notification-settings"
    tags = ["notifications"]
    opt = ALSO_SUSPENDED

    @get("/")
    async def show_settings(self, viewer: Viewer) -> Response[Success[NotificationSettings]]:
        return ok(await read_settings(require_member(viewer)))

    @patch("/")
    async def change_settings(
        self, viewer: Viewer, data: SettingsChange
    ) -> Response[Success[NotificationSettings]]:
        return ok(await change_settings(viewer, data))
