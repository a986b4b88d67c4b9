"""The mail with the link that sets a new password."""

from app.accounts.resets import links
from app.mail.letters import Mail, write
from app.settings import settings


async def password_reset(email: str, request: str) -> Mail | None:
    """The link for whoever has this address; None where nobody has it, or got one a moment ago."""
    issued = await links.issue(email, request)
    if issued is None:
        return None
    return write(
        "password_reset", to=issued.email, subject=f"A new password for {settings.name}",
        key=f"password-reset-{issued.user_id}-{request}", username=issued.username,
        link=f"{settings.address}/password-resets/{issued.token}",
    )  # fmt: skip
