"""The verbs of forgotten passwords: one transaction each."""

import secrets

from app.accounts import browsers, passwords, sessions
from app.accounts.enrolment import common_password, normal_email
from app.accounts.jobs import send_password_notice_soon
from app.accounts.mailings import count_mail
from app.accounts.resets import links
from app.accounts.resets.jobs import send_password_reset
from app.accounts.resets.schemas import NewPassword, ResetRequest
from app.accounts.sessions import Client
from app.accounts.tokens import services as tokens
from app.database.engine import DB
from app.database.transaction import transaction
from app.web.errors import Invalid, InvalidToken

_LOCK = "SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE"
# Who reads the mail of an address has shown that it is theirs. The trigger on `users` ends every other link.
_SET = "UPDATE users SET password = $2, activated_at = coalesce(activated_at, now()) WHERE id = $1"


async def ask_for_reset(wanted: ResetRequest) -> None:
    """Have a link sent to the member with this address, if there is one.

    Nothing here looks for them: whoever asks can tell neither by the answer nor by its time. Hence no key
    either, as one that waits would be found by the next. Raises Invalid, RateLimited.
    """
    email = normal_email(wanted.email)
    await count_mail("reset", email)
    async with transaction() as change:
        await change.enqueue(send_password_reset, email=email, request=secrets.token_hex(6))


async def reset_password(
    token: str, wanted: NewPassword, client: Client, old_session: str | None = None
) -> None:
    """Set the password and end all sessions and tokens of the member, and the session that the browser came with.

    Nobody is signed in by it: a link alone must not do what sign-in asks more for. But the browser is known from
    now on, so that no stranger's guesses keep its member out of it. Raises InvalidToken, Invalid.
    """
    holder = await links.find(token)
    if holder is None:
        raise InvalidToken
    if errors := common_password(wanted.password):
        raise Invalid(errors)
    hashed = await passwords.hash_password(wanted.password)
    async with transaction() as change:
        # The member first, as every change of a credential does; of two who come at once the second finds no link.
        await DB.fetch(_LOCK, holder.user_id)
        if await links.find(token) is None:
            raise InvalidToken
        await DB.fetch(_SET, holder.user_id, hashed)
        await sessions.drop_others(change, holder.user_id, None)
        await tokens.drop_all(change, holder.user_id)
        await browsers.remember(holder.user_id, client.browser)
        if old_session:
            await sessions.drop(change, old_session)
        await send_password_notice_soon(change, holder.user_id)
