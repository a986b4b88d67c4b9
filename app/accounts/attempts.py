"""Sign-ins that fail slow down those who try, and nobody else.

A browser that the member was signed in with has an allowance of its own, which no stranger can use up. Everybody
else is counted by account and address, by address, and by account; the last one stops guesses from everywhere,
and is not asked of an address where the member is signed in. Whether there is such an account changes nothing.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.accounts.browsers import hash_of
from app.accounts.mailings import key_of
from app.accounts.sessions import Client
from app.database.engine import DB
from app.settings import settings
from app.web.errors import InvalidCredentials
from app.web.limits import limiter
from app.web.limits.headers import refusal_of
from app.web.limits.ring import Ring
from app.web.limits.rings import rings
from app.web.network import block

MESSAGE = "Too many sign-ins failed. It works in a browser that you used before."

_KNOWN = """
SELECT
    (SELECT id FROM known_browsers WHERE token_hash = $2 AND "user" = users.id) AS browser,
    ARRAY(SELECT DISTINCT address FROM sessions WHERE "user" = users.id AND expires_at > now()) AS addresses
FROM users WHERE lower(email) = $1
"""


@asynccontextmanager
async def counted(email: str, client: Client) -> AsyncIterator[None]:
    """Around the check of a password for this normal e-mail address; only a wrong one stays counted.

    Raises RateLimited.

    It is counted before it is known how it ends, as of many at once all would begin before the first has failed.
    """
    taken = await _rings(email, client) if settings.rate_limits == "on" else []
    verdict = await limiter.take(taken)
    if verdict is not None and verdict.refused:
        raise refusal_of(verdict, MESSAGE)
    try:
        yield
    except InvalidCredentials:
        raise
    except Exception:
        await limiter.give_back(taken)
        raise
    await limiter.give_back(taken)


async def _rings(email: str, client: Client) -> list[Ring]:
    account, place = key_of(email), block(client.address)
    rows = await DB.fetch(_KNOWN, email, hash_of(client.browser))
    if rows and rows[0]["browser"] is not None:
        return rings([("failures", f"{account}:browser:{rows[0]['browser']}")])
    wanted = [("failures", f"{account}:{place}"), ("failures_address", place)]
    if not rows or place not in {block(address) for address in rows[0]["addresses"]}:
        wanted.append(("failures_account", account))
    return rings(wanted)
