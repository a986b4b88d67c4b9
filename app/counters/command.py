"""`hubbub counters reconcile`: the nightly comparison, now."""

from app.counters.services import reconcile
from app.database.engine import DB
from app.database.progress import progress_bar


async def run() -> int:
    """Compare, repair, and say by how much each counter was off."""
    await DB.start(size=2)
    try:
        drift = await reconcile(progress_bar)
    finally:
        await DB.stop()
    for counter, off in drift.items():
        print(f"{counter:24} {'right' if not off else f'was off by {off:,}, repaired'}")  # noqa: T201  # a terminal's program
    return 0
