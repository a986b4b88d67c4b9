"""What moderators do, and the log of it."""

from app.permissions.rows import Row, route
from app.permissions.rules import MODERATORS, Rule
from app.permissions.threads import BY_MODERATORS, MODERATORS_ALONE, REFUSED_TO_AUTHOR

# What its author has removed is gone already.
GONE_ALREADY = Rule(
    anonymous="not_found", member="not_found", author="forbidden", moderator="conflict", admin="conflict"
)  # fmt: skip
BLANK_ALREADY = Rule(
    anonymous="unauthenticated", member="forbidden", author="forbidden", moderator="conflict", admin="conflict"
)  # fmt: skip

MODERATION: list[Row] = [
    route("POST /posts/{post_id:int}/lock", MODERATORS, removed=REFUSED_TO_AUTHOR),
    route("POST /posts/{post_id:int}/lock/removal", MODERATORS, removed=REFUSED_TO_AUTHOR),
    route("POST /posts/{post_id:int}/pin", MODERATORS, removed=REFUSED_TO_AUTHOR),
    route("POST /posts/{post_id:int}/pin/removal", MODERATORS, removed=REFUSED_TO_AUTHOR),
    route("GET /moderation/log", MODERATORS),
    route("PUT /api/v1/posts/{post_id:int}/lock", MODERATORS, removed=REFUSED_TO_AUTHOR),
    route("DELETE /api/v1/posts/{post_id:int}/lock", MODERATORS, removed=REFUSED_TO_AUTHOR),
    route("PUT /api/v1/posts/{post_id:int}/pin", MODERATORS, removed=REFUSED_TO_AUTHOR),
    route("DELETE /api/v1/posts/{post_id:int}/pin", MODERATORS, removed=REFUSED_TO_AUTHOR),
    route(
        "PUT /api/v1/posts/{post_id:int}/removal", MODERATORS,
        removed=GONE_ALREADY, removed_by_moderator=BY_MODERATORS,
    ),
    route(
        "PUT /api/v1/comments/{comment_id:int}/removal", MODERATORS,
        removed=BLANK_ALREADY, removed_by_moderator=MODERATORS, thread_removed=MODERATORS_ALONE,
    ),
    route("GET /api/v1/moderation/log", MODERATORS),
]  # fmt: skip
