"""Signing up and in, and what members arrange for themselves."""

from app.permissions.rows import Row, route
from app.permissions.rules import ADMINS, ANYONE, AUTHOR, HIDDEN, MEMBERS, MODERATORS, OWNER, Rule

# Nobody needs a second link for an address that is confirmed.
UNCONFIRMED = Rule(
    anonymous="unauthenticated", newcomer="may", member="conflict", author="conflict", moderator="conflict",
    admin="conflict",
)  # fmt: skip
# A mailed link is good for the member it was mailed to.
OWNER_OF_LINK = Rule(
    anonymous="unauthenticated", member="invalid_token", moderator="invalid_token", admin="invalid_token"
)  # fmt: skip

SIGN_IN: list[Row] = [
    route("GET /sign-up", ANYONE),
    route("POST /sign-up", ANYONE, tokens="unasked", also_suspended=True),
    route("GET /sign-in", ANYONE),
    route("POST /sign-in", ANYONE, tokens="unasked", also_suspended=True),
    route("GET /sign-in/code", ANYONE, tokens="unasked"),
    route("POST /sign-in/code", ANYONE, tokens="unasked", also_suspended=True),
    route("POST /sign-out", ANYONE, tokens="unasked", also_suspended=True),
    route("GET /first-steps", MEMBERS, tokens="never"),
    route("POST /first-steps/completion", MEMBERS, tokens="never", also_suspended=True),
    route("GET /set-up/{token:str}", HIDDEN, tokens="unasked", before_the_first_admin=ANYONE),
    route(
        "POST /set-up/{token:str}",
        HIDDEN,
        tokens="unasked",
        before_the_first_admin=ANYONE,
        also_suspended=True,
    ),
    route("GET /password-resets/new", ANYONE, tokens="unasked"),
    route("POST /password-resets", ANYONE, tokens="unasked", also_suspended=True),
    route("GET /password-resets/{token:str}", ANYONE, tokens="unasked"),
    route("POST /password-resets/{token:str}", ANYONE, tokens="unasked", also_suspended=True),
    route("GET /email-verifications", MEMBERS),
    route("POST /email-verifications", MEMBERS, also_suspended=True),
    route("GET /email-verifications/{token:str}", ANYONE, tokens="unasked"),
    route("POST /email-verifications/{token:str}", ANYONE, tokens="unasked", also_suspended=True),
    route("POST /api/v1/registrations", ANYONE, also_suspended=True),
    route("POST /api/v1/session", ANYONE, also_suspended=True),
    route("DELETE /api/v1/session", ANYONE, also_suspended=True),
    route("POST /api/v1/password-resets", ANYONE, also_suspended=True),
    route("PUT /api/v1/password-resets/{token:str}", ANYONE, also_suspended=True),
    route("POST /api/v1/email-verifications", UNCONFIRMED, also_suspended=True),
    route("PUT /api/v1/email-verifications/{token:str}", ANYONE, also_suspended=True),
]

SETTINGS: list[Row] = [
    route("GET /settings", MEMBERS),
    route("POST /settings", MEMBERS),
    route("POST /settings/avatar", MEMBERS),
    route("POST /settings/avatar/removal", MEMBERS),
    route("GET /settings/look", ANYONE),
    route("POST /settings/look", ANYONE, tokens="unasked", also_suspended=True),
    route("GET /settings/password", MEMBERS),
    route("POST /settings/password", MEMBERS, tokens="never", also_suspended=True),
    route("GET /settings/sessions", MEMBERS, tokens="never"),
    route("POST /settings/sessions/removal", MEMBERS, tokens="never", also_suspended=True),
    route("POST /settings/sessions/{session_id:int}/removal", OWNER, tokens="never", also_suspended=True),
    route("GET /settings/two-factor", MEMBERS, tokens="never"),
    route("POST /settings/two-factor", MEMBERS, tokens="never", also_suspended=True),
    route("POST /settings/two-factor/code", MEMBERS, tokens="never", also_suspended=True),
    route("POST /settings/two-factor/removal", MEMBERS, tokens="never", also_suspended=True),
    route("GET /settings/email", MEMBERS, tokens="never"),
    route("POST /settings/email", MEMBERS, tokens="never", also_suspended=True),
    route("POST /settings/email/removal", MEMBERS, tokens="never", also_suspended=True),
    route("GET /email-changes/{token:str}", OWNER, tokens="never"),
    route("POST /email-changes/{token:str}", OWNER_OF_LINK, tokens="never", also_suspended=True),
    route("GET /settings/tokens", MEMBERS, tokens="never"),
    route("POST /settings/tokens", MEMBERS, tokens="never", also_suspended=True),
    route("POST /settings/tokens/{token_id:int}/removal", OWNER, tokens="never", also_suspended=True),
    route("GET /settings/export", MEMBERS),
    route("POST /settings/export", MEMBERS, also_suspended=True),
    route("POST /api/v1/exports", MEMBERS, also_suspended=True),
    route("GET /api/v1/exports/{export_id:int}", OWNER),
    route("GET /api/v1/exports/{export_id:int}/file", OWNER),
    route("GET /settings/account", MEMBERS, tokens="never"),
    route("POST /settings/account/deletion", MEMBERS, tokens="never", also_suspended=True),
    route("GET /farewell", ANYONE, tokens="unasked"),
    route("GET /api/v1/me", MEMBERS),
    route("PUT /api/v1/me/password", MEMBERS, tokens="never", also_suspended=True),
    route("PUT /api/v1/me/email", MEMBERS, tokens="never", also_suspended=True),
    route("POST /api/v1/me/totp", MEMBERS, tokens="never", also_suspended=True),
    route("PUT /api/v1/me/totp", MEMBERS, tokens="never", also_suspended=True),
    route("DELETE /api/v1/me/totp", MEMBERS, tokens="never", also_suspended=True),
    route("GET /api/v1/sessions", MEMBERS, tokens="never"),
    route("DELETE /api/v1/sessions", MEMBERS, tokens="never", also_suspended=True),
    route("DELETE /api/v1/sessions/{session_id:int}", OWNER, tokens="never", also_suspended=True),
    route("GET /api/v1/tokens", MEMBERS, tokens="never"),
    route("POST /api/v1/tokens", MEMBERS, tokens="never", also_suspended=True),
    route("DELETE /api/v1/tokens/{token_id:int}", OWNER, tokens="never", also_suspended=True),
]

# Who has left is nobody any more, and there is nothing of theirs.
GONE = Rule(
    anonymous="unauthenticated", member="not_found", author="unauthenticated", moderator="not_found",
    admin="not_found",
)  # fmt: skip
GONE_FOR_ADMINS = Rule(
    anonymous="unauthenticated", member="forbidden", author="unauthenticated", moderator="forbidden",
    admin="not_found",
)  # fmt: skip
GONE_FOR_MODERATORS = Rule(
    anonymous="unauthenticated", member="forbidden", author="unauthenticated", moderator="not_found",
    admin="not_found",
)  # fmt: skip
# Once is enough, and again does nothing.
GONE_ALREADY = Rule(
    anonymous="unauthenticated", member="forbidden", author="unauthenticated", moderator="forbidden"
)  # fmt: skip

USERS: list[Row] = [
    route("GET /{handle:str}", ANYONE),
    route("GET /{handle:str}/comments", ANYONE),
    route("GET /users/{user_id:int}/deletion", ADMINS, gone=GONE_FOR_ADMINS),
    route("POST /users/{user_id:int}/deletion", ADMINS, gone=GONE_ALREADY),
    route("GET /api/v1/users", MEMBERS),
    route("GET /api/v1/users/{user_id:int}", ANYONE, gone=HIDDEN),
    route("PATCH /api/v1/users/{user_id:int}", AUTHOR, gone=GONE),
    route("PUT /api/v1/users/{user_id:int}/avatar", AUTHOR, gone=GONE),
    route("DELETE /api/v1/users/{user_id:int}/avatar", AUTHOR, gone=GONE),
    route("PUT /api/v1/users/{user_id:int}/deletion", AUTHOR, tokens="never", gone=GONE, also_suspended=True),
    # One's own account is ended in the settings, where the password is asked for.
    route("DELETE /api/v1/users/{user_id:int}", ADMINS, gone=GONE_ALREADY),
    route("GET /users/{user_id:int}/management", MODERATORS, gone=GONE_FOR_MODERATORS),
    route("POST /users/{user_id:int}/suspension", MODERATORS, gone=GONE_FOR_MODERATORS),
    route("POST /users/{user_id:int}/suspension/removal", MODERATORS, gone=GONE_FOR_MODERATORS),
    route("POST /users/{user_id:int}/role", ADMINS, gone=GONE_FOR_ADMINS),
    route("POST /users/{user_id:int}/admin-notes", ADMINS, gone=GONE_FOR_ADMINS),
    route("PUT /api/v1/users/{user_id:int}/suspension", MODERATORS, gone=GONE_FOR_MODERATORS),
    route("DELETE /api/v1/users/{user_id:int}/suspension", MODERATORS, gone=GONE_FOR_MODERATORS),
    route("PUT /api/v1/users/{user_id:int}/role", ADMINS, gone=GONE_FOR_ADMINS),
    route("PUT /api/v1/users/{user_id:int}/admin-notes", ADMINS, gone=GONE_FOR_ADMINS),
]

ACCOUNTS = [*SIGN_IN, *SETTINGS, *USERS]
