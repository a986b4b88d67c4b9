"""The mails about accounts, one function each; None when their reader has gone meanwhile."""

from datetime import datetime
from typing import Any

from app.accounts import verification
from app.accounts.second_factor.queries import state_of
from app.database.engine import DB
from app.mail.letters import Mail, write
from app.mail.lists.letters import write_to
from app.mail.lists.registry import plain_list
from app.settings import settings

REGISTRATIONS = plain_list("registrations", "a mail whenever somebody signs up")

_MEMBER = """
SELECT users.id, users.email, users.username, users.activated_at, profiles.display_name FROM users
LEFT JOIN profiles ON profiles."user" = users.id WHERE users.id = $1 AND users.left_at IS NULL
"""

_SUBJECTS = {
    "on": "Codes are asked for now at",
    "off": "Codes are not asked for any more at",
    "codes": "New recovery codes for",
    "recovery": "A recovery code was used at",
    "tries": "Somebody tries your codes at",
}


async def welcome(user_id: int) -> Mail | None:
    """The greeting of a new member, with the link that confirms their address."""
    member = await _find(user_id)
    if member is None:
        return None
    # Not by the name they gave: whoever signs up with another's address would have us send their words.
    return write(
        "welcome", to=member["email"], subject=f"Welcome to {settings.name}", key=f"welcome-{user_id}",
        username=member["username"], link=await _link(member),
    )  # fmt: skip


async def verification_link(user_id: int, number: str) -> Mail | None:
    """The link alone, for one whose first one got lost; None, too, when it is not needed any more."""
    member = await _find(user_id)
    if member is None or member["activated_at"] is not None:
        return None
    return write(
        "verification", to=member["email"], subject=f"Confirm your address for {settings.name}",
        key=f"verification-{user_id}-{number}", username=member["username"], link=await _link(member),
    )  # fmt: skip


async def password_notice(user_id: int, number: str) -> Mail | None:
    """Tells a member that their password was changed, and what to do if it was not they who did it."""
    member = await _find(user_id)
    if member is None:
        return None
    return write(
        "password_notice", to=member["email"], subject=f"Your password for {settings.name} was changed",
        key=f"password-notice-{user_id}-{number}", username=member["username"],
    )  # fmt: skip


async def registration_notice(user_id: int, admin_id: int) -> Mail | None:
    """Tells an admin who is new."""
    member, admin = await _find(user_id), await _find(admin_id)
    if member is None or admin is None:
        return None
    # On one line, or it could look like words of ours.
    name = " ".join((member["display_name"] or member["username"]).split())
    return await write_to(
        REGISTRATIONS, "registration_notice", user_id=admin_id, to=admin["email"],
        subject=f"{member['username']} joined {settings.name}", key=f"registration-{user_id}-{admin_id}",
        name=name, username=member["username"], email=member["email"],
    )  # fmt: skip


async def sign_in_notice(user_id: int, number: str, device: str, place: str, at: datetime) -> Mail | None:
    """Tells a member that somebody signed in where they had not been before. `device` is no words of a stranger's."""
    member = await _find(user_id)
    if member is None:
        return None
    return write(
        "sign_in_notice", to=member["email"], subject=f"A new sign-in at {settings.name}",
        key=f"sign-in-{user_id}-{number}", username=member["username"],
        device=device, place=place, at=f"{at:%-d %B %Y at %H:%M} UTC",
    )  # fmt: skip


async def second_factor_notice(user_id: int, what: str, number: str) -> Mail | None:
    """Tells a member what was done about the codes of their account, in case it was not them."""
    member = await _find(user_id)
    if member is None:
        return None
    left = (await state_of(user_id)).codes
    return write(
        "second_factor_notice", to=member["email"], subject=f"{_SUBJECTS[what]} {settings.name}",
        key=f"second-factor-{user_id}-{number}", username=member["username"], what=what, left=left,
    )  # fmt: skip


async def _find(user_id: int) -> Any:
    rows = await DB.fetch(_MEMBER, user_id)
    return rows[0] if rows else None


async def _link(member: Any) -> str:
    token = await verification.issue(member["id"], member["email"])
    return f"{settings.address}/email-verifications/{token}"
