"""Jobs about jobs."""

from app.jobs import cron, outbox
from app.jobs.urgency import slow


@slow
async def prune_cron_runs() -> None:
    await cron.drop_old_runs()


@slow
async def prune_job_keys() -> None:
    await outbox.forget_old_keys()
