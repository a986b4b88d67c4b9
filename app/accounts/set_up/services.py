"""Making the first admin: the link is good for a day, once, and only while there is none."""

import hashlib
import secrets

from app.accounts import queries, sessions
from app.accounts.enrolment import enrol, look_through
from app.accounts.schemas import Registration
from app.accounts.services import SignedIn
from app.accounts.sessions import Client
from app.database.engine import DB
from app.database.transaction import transaction
from app.web.errors import NotFound

VALID_HOURS = 24

_NO_ADMIN = "NOT EXISTS (SELECT FROM users WHERE role = 'admin')"
_OFFER = f"""
INSERT INTO set_up_links (token_hash, expires_at)
SELECT $1, now() + make_interval(hours => $2) WHERE {_NO_ADMIN} RETURNING id
"""
_OPEN = f"SELECT id FROM set_up_links WHERE token_hash = $1 AND expires_at > now() AND {_NO_ADMIN}"
# Whoever has another link waits here, and then finds that there is an admin.
_ALONE = "LOCK TABLE set_up_links IN EXCLUSIVE MODE"


async def offer_link() -> str | None:
    """The token of a new link, which is stored nowhere; None where there is an admin."""
    token = secrets.token_urlsafe(32)
    async with transaction():
        await DB.fetch("DELETE FROM set_up_links WHERE expires_at <= now()")
        return token if await DB.fetch(_OFFER, _hash(token), VALID_HOURS) else None


async def is_open(token: str) -> bool:
    return bool(await DB.fetch(_OPEN, _hash(token)))


async def use_link(token: str, wanted: Registration, client: Client) -> SignedIn:
    """Make the first admin and sign them in; every link is dead then. Raises NotFound, Invalid."""
    # Before the password is hashed: strangers should not have us work for nothing.
    if not await is_open(token):
        raise NotFound
    newcomer = await look_through(wanted)
    async with transaction():
        await DB.fetch(_ALONE)
        if not await is_open(token):
            raise NotFound
        await DB.fetch("DELETE FROM set_up_links")
        user_id = await enrol(newcomer, "admin")
        session = await sessions.open_session(user_id, client)
    return SignedIn(await queries.get_self(user_id), session, client.browser)


async def create_admin(wanted: Registration) -> int:
    """Make an admin, for somebody who can run commands on the server; the id. Raises Invalid."""
    newcomer = await look_through(wanted)
    async with transaction():
        return await enrol(newcomer, "admin")


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
