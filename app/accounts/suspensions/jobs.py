"""Jobs about suspensions: shallow, each repeatable."""

from app.accounts.suspensions import services


async def prune_suspensions() -> None:
    await services.drop_ended()
