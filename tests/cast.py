"""The people of the tests: alice and bob; mallory, who means harm; mona, who moderates; ada, who runs it."""

import hashlib
from dataclasses import dataclass, replace
from functools import cache

from argon2 import PasswordHasher

from app.accounts.viewer import Viewer
from app.database.engine import DB

PASSWORD = "a long enough pass phrase"

ROLES = {"alice": "member", "bob": "member", "mallory": "member", "mona": "moderator", "ada": "admin"}

_ENTER = """
WITH person AS (
    INSERT INTO users (username, email, password, role)
    VALUES ($1::text, $1::text || '@example.org', $2, $3) RETURNING id
), profile AS (
    INSERT INTO profiles ("user", display_name) SELECT id, initcap($1::text) FROM person
), channel AS (
    INSERT INTO channels (name) SELECT 'user:' || id FROM person
), session AS (
    INSERT INTO sessions ("user", token_hash, expires_at)
    SELECT id, $4, now() + interval '1 day' FROM person RETURNING id, "user"
)
SELECT "user", id FROM session
"""


@dataclass(frozen=True)
class Member:
    """Someone with an account who is signed in: `token` is their session's."""

    id: int
    username: str
    role: str
    token: str
    session_id: int

    @property
    def name(self) -> str:
        return self.username.title()

    @property
    def email(self) -> str:
        return f"{self.username}@example.org"

    @property
    def viewer(self) -> Viewer:
        return Viewer(
            id=self.id, username=self.username, name=self.name, role=self.role, session_id=self.session_id
        )


@dataclass(frozen=True)
class Cast:
    alice: Member
    bob: Member
    mallory: Member
    mona: Member
    ada: Member


async def enter(username: str, role: str = "member") -> Member:
    """Someone new, with a profile and a session; their password is PASSWORD."""
    token = f"token-of-{username}-which-nobody-guesses"
    hashed = hashlib.sha256(token.encode()).digest()
    rows = await DB.fetch(_ENTER, username, hashed_password(), role, hashed)
    return Member(rows[0]["user"], username, role, token, rows[0]["id"])


async def second_session(member: Member) -> Member:
    """The same member, in another browser."""
    token = f"second-{member.token}"
    rows = await DB.fetch(
        """INSERT INTO sessions ("user", token_hash, expires_at)
        VALUES ($1, sha256($2::text::bytea), now() + interval '1 day') RETURNING id""",
        member.id, token,
    )  # fmt: skip
    return replace(member, token=token, session_id=rows[0]["id"])


async def enter_all() -> Cast:
    return Cast(**{name: await enter(name, role) for name, role in ROLES.items()})


@cache
def hashed_password() -> str:
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash(PASSWORD)
