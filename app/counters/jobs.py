"""Jobs about counters."""

import structlog

from app.counters import services
from app.jobs.urgency import slow

log = structlog.get_logger("hubbub.counters")


@slow
async def reconcile_counters() -> None:
    """Compare all counters with counts, and repair them."""
    drift = await services.reconcile()
    log.info("counters_reconciled", drift=sum(drift.values()))
