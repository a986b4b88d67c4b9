"""How often mail may be sent to one address because somebody asks for it, whoever asks and from wherever."""

import hashlib
from typing import Literal

from app.web.limits import limiter
from app.web.limits.headers import refusal_of
from app.web.limits.rings import rings

MESSAGE = "Many mails went to this address already. Look there, and among its spam."

# Each on its own, or who has one kind sent to somebody would keep them from asking for another.
Purpose = Literal["reset", "change", "verification"]


async def count_mail(purpose: Purpose, email: str) -> None:
    """Count one more mail to this normal address; the same whether anybody has it. Raises RateLimited."""
    verdict = await limiter.take(rings([("mail", f"{purpose}:{key_of(email)}")]))
    if verdict is not None and verdict.refused:
        raise refusal_of(verdict, MESSAGE)


def key_of(email: str) -> str:
    """What stands for a normal address where things are counted: it is nobody's business, in Redis neither."""
    return hashlib.sha256(email.encode()).hexdigest()[:32]
