"""Jobs about accounts: shallow, each repeatable."""

import secrets
from datetime import datetime

from app.accounts import browsers, counts, mails, queries, sessions, verification
from app.accounts.second_factor import sign_ins
from app.accounts.tokens import services as tokens
from app.database.transaction import Change
from app.jobs.urgency import slow, urgent
from app.mail.delivery import deliver

GATHER_SECONDS = 1.0


@urgent
async def send_welcome(*, user_id: int) -> None:
    """Greet a new member by mail; one who has gone meanwhile is not greeted."""
    await deliver(await mails.welcome(user_id))


@urgent
async def send_verification(*, user_id: int, number: str) -> None:
    """Send the link that confirms an address once more; `number` tells one request from another."""
    await deliver(await mails.verification_link(user_id, number))


async def send_verification_soon(change: Change, user_id: int) -> None:
    """Have a link sent after the change; asked for twice in a hurry it is one mail."""
    key, number = f"send_verification:{user_id}", secrets.token_hex(6)
    await change.enqueue(send_verification, key=key, user_id=user_id, number=number)


@urgent
async def send_second_factor_notice(*, user_id: int, what: str, number: str) -> None:
    """Tell a member what happened to their second factor: on, off, codes, recovery or tries."""
    await deliver(await mails.second_factor_notice(user_id, what, number))


async def send_second_factor_notice_soon(change: Change, user_id: int, what: str) -> None:
    """Have them told after the change; `number` tells one mail from another."""
    number = secrets.token_hex(6)
    await change.enqueue(send_second_factor_notice, user_id=user_id, what=what, number=number)


@urgent
async def send_password_notice(*, user_id: int, number: str) -> None:
    """Tell a member that their password is another one now."""
    await deliver(await mails.password_notice(user_id, number))


async def send_password_notice_soon(change: Change, user_id: int) -> None:
    """The same after the change that sets it."""
    await change.enqueue(send_password_notice, user_id=user_id, number=secrets.token_hex(6))


@urgent
async def send_sign_in_notice(*, user_id: int, number: str, device: str, place: str, at: str) -> None:
    """Tell a member of a sign-in in a new place; `at` is its time, as the API writes times."""
    await deliver(await mails.sign_in_notice(user_id, number, device, place, datetime.fromisoformat(at)))


async def tell_admins(change: Change, *, user_id: int) -> None:
    """One mail for each admin, so that none waits for another's."""
    for admin_id in await queries.list_admins():
        await change.enqueue(
            send_registration_notice,
            key=f"registration_notice:{user_id}:{admin_id}",
            user_id=user_id,
            admin_id=admin_id,
        )


@slow
async def send_registration_notice(*, user_id: int, admin_id: int) -> None:
    await deliver(await mails.registration_notice(user_id, admin_id))


async def recount_user(change: Change, *, user_id: int) -> None:
    """Count the posts and comments of a member again."""
    await counts.recount(user_id)


async def recount_soon(change: Change, user_id: int | None) -> None:
    """Have a member's things counted after the change, once for many changes within a second."""
    if user_id is not None:
        await change.enqueue(recount_user, key=counts.key(user_id), delay=GATHER_SECONDS, user_id=user_id)


@slow
async def prune_sessions() -> None:
    await sessions.drop_expired()


@slow
async def prune_sign_ins() -> None:
    await sign_ins.drop_expired()


@slow
async def prune_tokens() -> None:
    await tokens.drop_expired()


@slow
async def prune_verifications() -> None:
    await verification.drop_old()


@slow
async def prune_known_browsers() -> None:
    await browsers.drop_old()
