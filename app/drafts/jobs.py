"""Jobs about drafts."""

from app.drafts import services


async def prune_drafts() -> None:
    await services.prune()
