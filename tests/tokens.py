"""Personal access tokens of the cast."""

from dataclasses import dataclass
from datetime import datetime

from app.accounts.tokens.texts import hash_of, new_token
from app.database.engine import DB
from tests.cast import Member


@dataclass(frozen=True)
class Token:
    """One token: its row's id, and its text."""

    id: int
    text: str

    @property
    def header(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.text}"}


async def lend(member: Member, *scopes: str, expires_at: datetime | None = None) -> Token:
    """A new token of this member's, with these scopes."""
    text = new_token()
    rows = await DB.fetch(
        """INSERT INTO api_tokens ("user", token_hash, name, scopes, expires_at)
        VALUES ($1, $2, 'A program', $3, $4) RETURNING id""",
        member.id, hash_of(text), list(scopes), expires_at,
    )  # fmt: skip
    return Token(rows[0]["id"], text)
