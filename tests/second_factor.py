"""A member's app, and turning their second factor on by hand."""

from dataclasses import dataclass
from time import time

import pyotp

from app.accounts.second_factor.texts import STEP_SECONDS, hash_of, new_secret
from app.database.engine import DB
from tests.cast import Member

RECOVERY = ["AAAA-BBBB-CCCC-2222", "AAAA-BBBB-CCCC-3333", "AAAA-BBBB-CCCC-4444"]
_FACTOR = """
INSERT INTO second_factors ("user", totp_secret, confirmed_at, last_step) VALUES ($1, $2, now(), 0)
"""


@dataclass(frozen=True)
class App:
    """What shows codes."""

    secret: str

    def code(self, steps: int = 0) -> str:
        """The code of now, or of so many steps later."""
        return pyotp.TOTP(self.secret).generate_otp(int(time()) // STEP_SECONDS + steps)

    def wrong(self) -> str:
        """Six digits that are no code for some minutes around now."""
        near = {self.code(steps) for steps in range(-6, 7)}
        return next(text for text in (f"{number:06}" for number in range(20)) if text not in near)


async def turn_on(member: Member) -> App:
    """Codes are asked of this member from now on; they have RECOVERY too."""
    app = App(new_secret())
    await DB.fetch(_FACTOR, member.id, app.secret)
    for code in RECOVERY:
        await DB.fetch(
            'INSERT INTO recovery_codes ("user", code_hash) VALUES ($1, $2)', member.id, hash_of(code)
        )
    return app


async def codes_left(member: Member) -> int:
    count: int = (await DB.fetch('SELECT count(*) FROM recovery_codes WHERE "user" = $1', member.id))[0][0]
    return count


async def sessions_of(member: Member) -> int:
    count: int = (await DB.fetch('SELECT count(*) FROM sessions WHERE "user" = $1', member.id))[0][0]
    return count
