"""The event log: what readers are told, numbered without a gap in each channel."""

from piccolo.columns import JSONB, UUID, BigInt, Bytea, Text, Timestamptz
from piccolo.table import Table


class Installation(Table, tablename="installation"):
    """One row: the id that tells this community's data from any other's (LIVE.md 3.6).

    `secret` signs what is mailed, is 32 random bytes, and never leaves.
    """

    id = UUID(primary_key=True)
    secret = Bytea(secret=True)


class Channel(Table, tablename="channels"):
    """`seq` is the channel's tip; events up to and including `floor` have been pruned."""

    name = Text(primary_key=True)
    seq = BigInt()
    floor = BigInt()


class Event(Table, tablename="events"):
    """One event. `data` is null once what it told has been removed (LIVE.md 3.4).

    The table has one more column, `xid xid8`, for which Piccolo has no type: the transaction that wrote
    the row, by which `log.tips` sees what is new.
    """

    channel = Text(primary_key=True)
    seq = BigInt()
    kind = Text()
    subject = Text()
    data = JSONB(null=True, default=None)
    created_at = Timestamptz()
