"""What moderators do, and the log of it."""

from app.permissions.rows import Row, route
from app.permissions.rules import MODERATORS

MODERATION: list[Row] = [
    route("GET /moderation/log", MODERATORS),
    route("GET /api/v1/moderation/log", MODERATORS),
]
