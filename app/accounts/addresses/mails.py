"""The mails about a new address: one there, two to the old one."""

from app.accounts import queries
from app.accounts.addresses import links
from app.mail.letters import Mail, write
from app.settings import settings
from app.web.errors import NotFound


async def email_change(change_id: int) -> Mail | None:
    """The link, to the new address; None when it is not wanted any more."""
    issued = await links.issue(change_id)
    if issued is None:
        return None
    return write(
        "email_change", to=issued.email, subject=f"Your new address for {settings.name}",
        key=f"email-change-{change_id}", username=issued.username,
        link=f"{settings.address}/email-changes/{issued.token}",
    )  # fmt: skip


async def email_change_notice(user_id: int, change_id: int, email: str) -> Mail | None:
    """Tells the address that a member has what was asked for, while something can be done about it.

    Neither of these names the new one: the old may be read by somebody else by now.
    """
    return await _tell(user_id, email, "email_change_notice", "wants a new address", f"{change_id}-asked")


async def email_changed(user_id: int, change_id: int, email: str) -> Mail | None:
    """Tells the address that a member had until now that it is theirs no more."""
    return await _tell(user_id, email, "email_changed", "has a new address", f"{change_id}-done")


async def _tell(user_id: int, email: str, template: str, what: str, number: str) -> Mail | None:
    try:
        member = await queries.get_self(user_id)
    except NotFound:
        return None
    return write(
        template, to=email, subject=f"Your account at {settings.name} {what}",
        key=f"email-change-{number}", username=member.username,
    )  # fmt: skip
