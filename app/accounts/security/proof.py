"""The password, asked for once more before something that cannot be taken back."""

from app.accounts import passwords
from app.database.engine import DB
from app.web.errors import FieldError, Invalid


async def prove(user_id: int, password: str) -> str:
    """The hash of the member's password, for a condition on it later; it takes its time. Raises Invalid."""
    stored = await stored_password(user_id)
    if stored is None or not await passwords.matches(stored, password):
        raise Invalid([wrong("password")])
    return stored


async def stored_password(user_id: int) -> str | None:
    rows = await DB.fetch("SELECT password FROM users WHERE id = $1", user_id)
    return rows[0]["password"] if rows else None


def wrong(field: str) -> FieldError:
    return FieldError(field, "invalid", "This is not your password.")
