"""Somebody who asks a server from a thread of their own, and is still who they are after signing out."""

import asyncio

import requests

from app.database.engine import DB
from tests.cast import Member

_SIGN_IN = """
INSERT INTO sessions (id, "user", token_hash, expires_at)
VALUES ($1, $2, sha256($3::text::bytea), now() + interval '1 day') ON CONFLICT DO NOTHING
"""


class Person:
    """To be made on the loop of the test; None is nobody in particular."""

    def __init__(self, member: Member | None) -> None:
        self.member = member
        self._loop = asyncio.get_running_loop()
        self._session = requests.Session()
        self._session.trust_env = False

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": f"hubbub_session={self.member.token}"} if self.member else {}

    def session(self) -> requests.Session:
        """For one request: they are signed in, and nothing of the last answer is left."""
        if self.member is not None:
            signing = DB.fetch(_SIGN_IN, self.member.session_id, self.member.id, self.member.token)
            asyncio.run_coroutine_threadsafe(signing, self._loop).result(60)
        self._session.cookies.clear()
        return self._session
