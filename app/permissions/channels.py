"""Channels: who may subscribe, on the socket and on the ways without one."""

from app.permissions.rows import Row, channel
from app.permissions.rules import ANYONE, NOTHING, SHOWN_TO_AUTHOR, Rule

# A forbidden channel is answered as one that is not there (LIVE.md).
OWN = Rule(anonymous="not_found", member="not_found", moderator="not_found", admin="not_found")
STAFF = Rule(anonymous="not_found", member="not_found", author="not_found")

CHANNELS: list[Row] = [
    channel("posts", ANYONE),
    channel("post:{post_id}", ANYONE, removed=SHOWN_TO_AUTHOR),
    channel("user:{user_id}", OWN, gone=NOTHING),
    channel("moderation", STAFF),
    # Internal: outside there is no channel of this name.
    channel("access", NOTHING),
]
