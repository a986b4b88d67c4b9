"""Jobs about jobs."""

from app.jobs import cron


async def prune_cron_runs() -> None:
    await cron.drop_old_runs()
