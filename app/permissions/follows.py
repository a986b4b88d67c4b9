"""Follows, mutes, blocks and drafts: each member's own."""

from app.permissions.accounts import GONE
from app.permissions.rows import Row, route
from app.permissions.rules import MEMBERS, Rule
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
