"""What is sent to each route that takes something, so that whoever may is taken at their word."""

from collections.abc import Callable
from typing import Any

from app.accounts.second_factor.texts import new_secret
from app.database.engine import DB
from app.permissions.rows import Row
from tests.cast import PASSWORD
from tests.permissions.world import World
from tests.pictures import picture
from tests.second_factor import App

Sent = dict[str, Any]

NEW_PASSWORD = "another long enough pass phrase"
POST = {"title": "A title", "body": "Words"}
_BEGIN = """
INSERT INTO second_factors ("user", totp_secret) VALUES ($1, $2)
ON CONFLICT ("user") DO UPDATE SET totp_secret = $2
"""
ONE_TOKEN = {"name": "A program", "scopes": ["read"]}


async def sent_to(row: Row, world: World) -> Sent:
    """Arguments for httpx."""
    given = SENT.get(row.name, {})
    made = given(world) if callable(given) else given
    if row.name in PREPARED:
        made = await PREPARED[row.name](world)
    return dict(made)


def _newcomer(world: World) -> dict[str, str]:
    return {
        "username": f"new_{world.number}", "name": "New", "email": f"n{world.number}@example.org",
        "password": PASSWORD,
    }  # fmt: skip


def _credentials(world: World) -> dict[str, str]:
    return {"email": world.author.email, "password": PASSWORD}


def _address(world: World) -> dict[str, str]:
    return {"email": f"n{world.number}@example.org", "password": PASSWORD}


async def _begun(world: World) -> str:
    """The code of an app that the asker has begun to use."""
    app = App(new_secret())
    if world.asker:
        await DB.fetch(_BEGIN, world.asker.id, app.secret)
    return app.code()


async def _code(world: World) -> Sent:
    return {"json": {"code": await _begun(world)}}


async def _code_of_page(world: World) -> Sent:
    return {"data": {"code": await _begun(world)}}


def _picture(_world: World) -> Sent:
    return {"files": {"file": ("face.png", picture(), "image/png")}}


def _admin_change(world: World) -> Sent:
    return {
        "json": {"admin_notes": "Kind."}, "headers": {"X-CSRFToken": "t"}, "cookies": {"csrftoken": "t"},
    }  # fmt: skip


PREPARED = {"PUT /api/v1/me/totp": _code, "POST /settings/two-factor/code": _code_of_page}

SENT: dict[str, Sent | Callable[[World], Sent]] = {
    "POST /sign-up": lambda world: {"data": _newcomer(world)},
    "POST /sign-in": lambda world: {"data": _credentials(world)},
    "POST /sign-in/code": {"data": {"otp": "123456"}},
    "POST /set-up/{token:str}": lambda world: {"data": _newcomer(world)},
    "POST /password-resets": lambda world: {"data": {"email": world.author.email}},
    "POST /password-resets/{token:str}": {"data": {"password": NEW_PASSWORD}},
    "POST /settings": {"data": {"name": "Another"}},
    "POST /settings/avatar": _picture,
    "POST /settings/look": {"data": {"theme": "dark"}},
    "POST /settings/password": {"data": {"current": PASSWORD, "password": NEW_PASSWORD}},
    "POST /settings/two-factor": {"data": {"password": PASSWORD}},
    "POST /settings/two-factor/removal": {"data": {"password": PASSWORD}},
    "POST /settings/email": lambda world: {"data": _address(world)},
    "POST /settings/tokens": {"data": ONE_TOKEN},
    "POST /settings/account/deletion": {"data": {"password": PASSWORD, "content": "keep"}},
    "POST /posts": {"data": POST},
    "POST /posts/{post_id:int}": {"data": POST},
    "POST /posts/{post_id:int}/comments": {"data": {"body": "Words"}},
    "POST /posts/{post_id:int}/reactions": {"data": {"kind": "like"}},
    "POST /comments/{comment_id:int}": {"data": {"body": "Other words"}},
    "POST /comments/{comment_id:int}/reactions": {"data": {"kind": "like"}},
    "POST /api/v1/registrations": lambda world: {"json": _newcomer(world)},
    "POST /api/v1/session": lambda world: {"json": _credentials(world)},
    "POST /api/v1/password-resets": lambda world: {"json": {"email": world.author.email}},
    "PUT /api/v1/password-resets/{token:str}": {"json": {"password": NEW_PASSWORD}},
    "PUT /api/v1/me/password": {"json": {"current": PASSWORD, "password": NEW_PASSWORD}},
    "PUT /api/v1/me/email": lambda world: {"json": _address(world)},
    "POST /api/v1/me/totp": {"json": {"password": PASSWORD}},
    "DELETE /api/v1/me/totp": {"json": {"password": PASSWORD}},
    "POST /api/v1/tokens": {"json": ONE_TOKEN},
    "GET /api/v1/users": {"params": {"q": "author"}},
    "PATCH /api/v1/users/{user_id:int}": {"json": {"name": "Another"}},
    "PUT /api/v1/users/{user_id:int}/avatar": _picture,
    "PUT /api/v1/users/{user_id:int}/deletion": {"json": {"password": PASSWORD, "content": "keep"}},
    "POST /users/{user_id:int}/suspension": {"data": {"until": "", "reason": "Rude."}},
    "POST /users/{user_id:int}/role": {"data": {"role": "moderator"}},
    "POST /users/{user_id:int}/admin-notes": {"data": {"text": "Kind."}},
    "PUT /api/v1/users/{user_id:int}/suspension": {"json": {"until": None, "reason": "Rude."}},
    "PUT /api/v1/users/{user_id:int}/role": {"json": {"role": "moderator"}},
    "PUT /api/v1/users/{user_id:int}/admin-notes": {"json": {"text": "Kind."}},
    "POST /api/v1/posts": {"json": POST},
    "PATCH /api/v1/posts/{post_id:int}": {"json": {"title": "Another"}},
    "POST /api/v1/posts/{post_id:int}/comments": {"json": {"body": "Words"}},
    "PUT /api/v1/posts/{post_id:int}/read": {"json": {"comment_id": 0}},
    "PATCH /api/v1/comments/{comment_id:int}": {"json": {"body": "Other words"}},
    "POST /drafts/{subject:str}": {"data": {"body": "Other words"}},
    "GET /flags/new": lambda world: {"params": {"subject": f"post:{world.thread}"}},
    "POST /flags": lambda world: {"data": {"subject": f"post:{world.thread}", "reason": "spam"}},
    "POST /flags/{flag_id:int}": {"data": {"status": "upheld"}},
    "POST /api/v1/flags": lambda world: {"json": {"subject": f"post:{world.thread}", "reason": "spam"}},
    "PATCH /api/v1/flags/{flag_id:int}": {"json": {"status": "upheld"}},
    "PATCH /api/v1/notifications/{notification_id:int}": {"json": {"read": True}},
    "PATCH /api/v1/notification-settings": {"json": {"reply": "daily"}},
    "PUT /api/v1/drafts/{subject:str}": {"json": {"body": "Other words"}},
    "PATCH /admin": _admin_change,
    "POST /admin/jobs/retries": {"data": {"id": "dead"}},
    "POST /admin/jobs/removals": {"data": {"id": "dead"}},
}
