"""Reading one's own second factor."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from app.accounts.second_factor.texts import hash_of
from app.database.engine import DB
from app.times import iso

_STATE = """
SELECT confirmed_at, (SELECT count(*) FROM recovery_codes WHERE recovery_codes."user" = $1) AS codes
FROM second_factors WHERE second_factors."user" = $1
"""
_BEGUN = """
SELECT totp_secret FROM second_factors
WHERE "user" = $1 AND confirmed_at IS NULL AND created_at > now() - make_interval(mins => $2)
"""
_STORED = 'SELECT count(*) FROM recovery_codes WHERE "user" = $1 AND code_hash = ANY($2::bytea[])'

BEGUN_MINUTES = 30


class State(msgspec.Struct, frozen=True):
    """Since when codes are asked for, if they are, and how many recovery codes are left."""

    since: str | None = None
    codes: int = 0


async def state_of(user_id: int) -> State:
    rows = await DB.fetch(_STATE, user_id)
    since: datetime | None = rows[0]["confirmed_at"] if rows else None
    return State(iso(since), rows[0]["codes"]) if since else State()


async def is_on(user_id: int) -> bool:
    return (await state_of(user_id)).since is not None


async def begun_secret(user_id: int) -> str | None:
    """The secret that waits for its first code."""
    rows = await DB.fetch(_BEGUN, user_id, BEGUN_MINUTES)
    return rows[0]["totp_secret"] if rows else None


async def are_codes_of(user_id: int, codes: Collection[str]) -> bool:
    """Whether all of these are recovery codes of this member."""
    found: int = (await DB.fetch(_STORED, user_id, [hash_of(code) for code in codes]))[0][0]
    return found == len(codes) > 0
