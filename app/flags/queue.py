"""What waits for moderators: each thing once, with all that was said of it."""

from collections import defaultdict
from typing import Any

import msgspec

from app.accounts.viewer import Viewer, require_moderator
from app.database.engine import DB
from app.flags.queries import SELECT, flag_of
from app.flags.schemas import Flag
from app.flags.things import COLUMNS, JOINED, Thing, thing_of

# Of what a whole community reports, a few reports say it all.
REPORTS_SHOWN = 5

_GROUPED = """
SELECT post, comment, member, count(*) AS count, min(id) AS first FROM flags WHERE status = 'open'
GROUP BY post, comment, member
"""
# What most people report comes first, and then what has waited longest.
_CASES = f"""
SELECT {COLUMNS}, about.count
FROM ({_GROUPED} ORDER BY count(*) DESC, min(id) LIMIT $1 OFFSET $2) AS about {JOINED}
ORDER BY about.count DESC, about.first
"""
_REPORTS = f"""
WITH chosen AS (
    SELECT id, row_number() OVER (PARTITION BY post, comment, member ORDER BY id) AS place FROM flags
    WHERE status = 'open'
        AND (post = ANY($1::bigint[]) OR comment = ANY($2::bigint[]) OR member = ANY($3::bigint[]))
)
{SELECT} WHERE flags.id IN (SELECT id FROM chosen WHERE place <= {REPORTS_SHOWN}) ORDER BY flags.id
"""


class Case(msgspec.Struct, frozen=True):
    """A thing that waits for a decision: what the first said of it, and how many did."""

    thing: Thing
    flags: list[Flag]
    count: int


async def read_queue(moderator: Viewer, page: int, per_page: int) -> tuple[list[Case], int]:
    """One page of it, and how many cases there are in all; three queries of one moment.

    Raises Unauthenticated, Forbidden.
    """
    require_moderator(moderator)
    async with DB.snapshot():
        total: int = (await DB.fetch(f"SELECT count(*) FROM ({_GROUPED}) AS cases"))[0][0]
        rows = await DB.fetch(_CASES, per_page, (page - 1) * per_page)
        flags = await _flags_of(rows)
    return [_case(row, flags) for row in rows], total


async def _flags_of(rows: list[Any]) -> dict[str, list[Flag]]:
    """By what they are about."""
    ids = [[row[noun] for row in rows if row[noun] is not None] for noun in ("post", "comment", "member")]
    found: dict[str, list[Flag]] = defaultdict(list)
    for row in await DB.fetch(_REPORTS, *ids):
        flag = flag_of(row)
        found[flag.subject.name].append(flag)
    return found


def _case(row: Any, flags: dict[str, list[Flag]]) -> Case:
    thing = thing_of(row)
    return Case(thing, flags[thing.subject.name], row["count"])
