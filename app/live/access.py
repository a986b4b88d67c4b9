"""`revoke`: says on the internal channel `access` that somebody may have lost something (LIVE.md 3.9).

Every process follows that channel (`guard.py`). Outside there is no channel of this name.
"""

from app.database.engine import DB
from app.database.transaction import Change
from app.live import log

CHANNEL = "access"

_REVOKE = """
WITH place AS (
    UPDATE channels SET seq = seq + cardinality($2::text[]) WHERE name = $1
    RETURNING seq - cardinality($2::text[]) AS before
)
INSERT INTO events (channel, seq, kind, subject, data)
SELECT $1, place.before + revoked.number, 'access.revoked', revoked.subject, to_jsonb(revoked.subject)
FROM place, unnest($2::text[]) WITH ORDINALITY AS revoked (subject, number)
RETURNING channel, seq, kind, hubbub_time(created_at) AS at, data::text AS data, hubbub_epoch() AS epoch
"""


async def revoke(change: Change, *subjects: str) -> None:
    """Have every process look again at what these may do: `session:5 token:7 user:3 channel:post:42`.

    Inside the change that takes it away, or gives it back; after its rows are locked and before `advance`.
    """
    # By name `access` is the first of all channels, and they are locked in the order of their names.
    if change.advanced:
        raise RuntimeError("What a change revokes comes before its channels are advanced.")
    if subjects:
        rows = await DB.fetch(_REVOKE, CHANNEL, subjects)
        change.messages += [log.message(row) for row in rows]
