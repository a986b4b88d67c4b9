"""How each member wants to be told: their own."""

from app.permissions.rows import Row, route
from app.permissions.rules import MEMBERS

NOTIFICATION_SETTINGS: list[Row] = [
    route("GET /settings/notifications", MEMBERS),
    route("POST /settings/notifications", MEMBERS),
    route("GET /api/v1/notification-settings", MEMBERS),
    route("PATCH /api/v1/notification-settings", MEMBERS),
]
