"""Follows, mutes, blocks, drafts and notifications: each member's own."""

from app.permissions.accounts import GONE
from app.permissions.rows import Row, route
from app.permissions.rules import MEMBERS, OWNER, Rule
from app.permissions.threads import READ_BY_FEW

# Nobody follows or blocks themself.
OTHERS = Rule(anonymous="unauthenticated", author="conflict")
ENDED = Rule(anonymous="unauthenticated", author="unauthenticated")

FOLLOWS: list[Row] = [
    route("PUT /api/v1/posts/{post_id:int}/follow", MEMBERS, removed=READ_BY_FEW),
    route("DELETE /api/v1/posts/{post_id:int}/follow", MEMBERS, removed=READ_BY_FEW),
    route("PUT /api/v1/posts/{post_id:int}/mute", MEMBERS, removed=READ_BY_FEW),
    route("DELETE /api/v1/posts/{post_id:int}/mute", MEMBERS, removed=READ_BY_FEW),
    route("PUT /api/v1/users/{user_id:int}/follow", OTHERS, gone=GONE),
    route("DELETE /api/v1/users/{user_id:int}/follow", MEMBERS, gone=ENDED),
    route("PUT /api/v1/tags/{name:str}/follow", MEMBERS),
    route("DELETE /api/v1/tags/{name:str}/follow", MEMBERS),
    route("PUT /api/v1/users/{user_id:int}/block", OTHERS, gone=GONE),
    route("DELETE /api/v1/users/{user_id:int}/block", MEMBERS, gone=ENDED),
    route("GET /api/v1/blocks", MEMBERS),
    route("POST /posts/{post_id:int}/follow", MEMBERS, removed=READ_BY_FEW),
    route("POST /posts/{post_id:int}/follow/removal", MEMBERS, removed=READ_BY_FEW),
    route("POST /posts/{post_id:int}/mute", MEMBERS, removed=READ_BY_FEW),
    route("POST /posts/{post_id:int}/mute/removal", MEMBERS, removed=READ_BY_FEW),
    route("POST /users/{user_id:int}/follow", OTHERS, gone=GONE),
    route("POST /users/{user_id:int}/follow/removal", MEMBERS, gone=ENDED),
    route("POST /tags/{name:str}/follow", MEMBERS),
    route("POST /tags/{name:str}/follow/removal", MEMBERS),
    route("POST /users/{user_id:int}/block", OTHERS, gone=GONE),
    route("POST /users/{user_id:int}/block/removal", MEMBERS, gone=ENDED),
    route("GET /settings/following", MEMBERS),
    route("POST /settings/following", MEMBERS),
]

DRAFTS: list[Row] = [
    route("GET /drafts", MEMBERS),
    route("GET /drafts/{subject:str}", MEMBERS),
    route("POST /drafts/{subject:str}", MEMBERS),
    route("POST /drafts/{subject:str}/removal", MEMBERS),
    route("POST /drafts/{subject:str}/restoration", MEMBERS),
    route("GET /api/v1/drafts", MEMBERS),
    route("GET /api/v1/drafts/{subject:str}", MEMBERS),
    route("PUT /api/v1/drafts/{subject:str}", MEMBERS),
    route("DELETE /api/v1/drafts/{subject:str}", MEMBERS),
]

# Hearing is no writing: also for who is suspended.
NOTIFICATIONS: list[Row] = [
    route("GET /notifications", MEMBERS),
    route("POST /notifications/read", MEMBERS, also_suspended=True),
    route("POST /notifications/{notification_id:int}", OWNER, also_suspended=True),
    route("GET /api/v1/notifications", MEMBERS),
    route("POST /api/v1/notifications/read", MEMBERS, also_suspended=True),
    route("PATCH /api/v1/notifications/{notification_id:int}", OWNER, also_suspended=True),
    route("GET /settings/notifications", MEMBERS),
    route("POST /settings/notifications", MEMBERS, also_suspended=True),
    route("GET /api/v1/notification-settings", MEMBERS),
    route("PATCH /api/v1/notification-settings", MEMBERS, also_suspended=True),
]
