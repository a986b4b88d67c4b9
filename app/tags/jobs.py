"""Jobs about tags."""

from collections.abc import Iterable

from app.database.transaction import Change
from app.tags import counts

GATHER_SECONDS = 1.0


async def recount_tags(change: Change, *, names: list[str]) -> None:
    """Count the posts of these tags again."""
    await counts.recount(names)


async def recount_soon(change: Change, names: Iterable[str]) -> None:
    """Have these counted after the change, once for many changes within a second."""
    for name in sorted(set(names)):
        await change.enqueue(recount_tags, key=counts.key(name), delay=GATHER_SECONDS, names=[name])
