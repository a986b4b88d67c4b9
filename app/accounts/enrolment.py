"""Making a member: what everybody who gets an account has in common."""

import asyncpg
import msgspec

from app.accounts import passwords, queries
from app.accounts.schemas import Registration
from app.database.engine import DB
from app.live import channels, log
from app.markdown import render
from app.web.errors import FieldError, Invalid

_USER = """
INSERT INTO users (username, email, password, role, activated_at)
VALUES ($1, $2, $3, $4::text, CASE WHEN $4::text = 'admin' THEN now() END) RETURNING id
"""
_PROFILE = """INSERT INTO profiles ("user", display_name, bio, bio_html) VALUES ($1, $2, $3, $4)"""


LONGEST_EMAIL = 254


class Newcomer(msgspec.Struct, frozen=True):
    """Somebody whose registration was looked through and can be written."""

    username: str
    email: str
    password: str
    display_name: str
    bio: str | None
    bio_html: str | None


async def look_through(wanted: Registration) -> Newcomer:
    """Check and prepare, before any transaction: this takes its time. Raises Invalid."""
    email = normal_email(wanted.email)
    await _check(wanted, email)
    bio = wanted.profile.bio if wanted.profile else None
    return Newcomer(
        username=wanted.username,
        email=email,
        password=await passwords.hash_password(wanted.password),
        display_name=_display_name(wanted),
        bio=bio,
        bio_html=await render(bio) if bio else None,
    )


async def enrol(newcomer: Newcomer, role: str = "member") -> int:
    """Write user and profile inside the caller's transaction; the id. Raises Invalid, as in `look_through`."""
    try:
        rows = await DB.fetch(_USER, newcomer.username, newcomer.email, newcomer.password, role)
    except asyncpg.UniqueViolationError as error:
        # Somebody else took it between the check and the insert.
        field = "email" if "email" in (error.constraint_name or "") else "username"
        raise Invalid([_taken(newcomer.username, field)]) from None
    user_id: int = rows[0]["id"]
    await DB.fetch(_PROFILE, user_id, newcomer.display_name, newcomer.bio, newcomer.bio_html)
    await log.open_channel(channels.user(user_id))
    return user_id


def normal_email(email: str) -> str:
    """The address as it is kept and compared. Raises Invalid: some letters are longer in lower case."""
    normal = email.strip().lower()
    if len(normal) > LONGEST_EMAIL:
        raise Invalid([FieldError("email", "too_long", f"Use at most {LONGEST_EMAIL} characters.")])
    return normal


def common_password(password: str) -> list[FieldError]:
    """What is wrong with a password that everybody tries first."""
    if password.lower() not in passwords.common():
        return []
    return [FieldError("password", "common", "Many people use this password. Choose another.")]


async def _check(wanted: Registration, email: str) -> None:
    taken = await queries.find_taken(wanted.username, email)
    errors = [_taken(wanted.username, field) for field in sorted(taken)]
    if not _display_name(wanted):
        errors.append(FieldError("name", "required", "This cannot be left empty."))
    errors += common_password(wanted.password)
    if errors:
        raise Invalid(errors)


def _display_name(wanted: Registration) -> str:
    given = wanted.profile.display_name if wanted.profile else None
    return (given or wanted.name).strip()


def _taken(username: str, field: str) -> FieldError:
    if field == "email":
        return FieldError(field, "taken", "There is an account with this address. Sign in instead.")
    return FieldError(field, "taken", f"That name is taken. Try {username[:18]}2?")
