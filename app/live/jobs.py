"""Jobs about the event log."""

from datetime import timedelta

import structlog

from app.jobs.urgency import slow
from app.live import pruning
from app.settings import settings

log = structlog.get_logger("hubbub.live")


@slow
async def prune_events() -> None:
    """Forget events older than HUBBUB_EVENT_DAYS."""
    gone = await pruning.prune(timedelta(days=settings.event_days))
    log.info("events_pruned", events=gone)
