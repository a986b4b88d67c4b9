"""`hubbub admin end-codes`, for a member who has lost both the app and the recovery codes."""

import sys

from app.accounts.second_factor import services
from app.database.engine import DB
from app.dev.keeper import say
from app.web.errors import NotFound


async def end_codes(username: str) -> int:
    """Ask this member for no codes any more, and tell them by mail; the exit status."""
    await DB.start(size=2)
    try:
        known = await services.end_for(username)
    except NotFound:
        print(f"hubbub: there is no member called {username}.", file=sys.stderr)  # noqa: T201  # a terminal's program
        return 1
    finally:
        await DB.stop()
    say(f"{username} is asked for no code any more." if known else f"{username} was asked for no code.")
    return 0
