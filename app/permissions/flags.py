"""Flags: what members report, and what moderators decide."""

from app.permissions.rows import Row, route
from app.permissions.rules import MEMBERS, MODERATORS

FLAGS: list[Row] = [
    route("GET /flags/new", MEMBERS),
    route("POST /flags", MEMBERS),
    route("GET /moderation", MODERATORS),
    route("POST /flags/{flag_id:int}", MODERATORS),
    route("POST /api/v1/flags", MEMBERS),
    route("GET /api/v1/flags", MODERATORS),
    route("PATCH /api/v1/flags/{flag_id:int}", MODERATORS),
]
