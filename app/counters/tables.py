"""What the counters were found to be."""

from piccolo.columns import BigInt, Text, Timestamptz
from piccolo.table import Table


class CounterCheck(Table, tablename="counter_checks"):
    """The last comparison of one counter: `drift` is by how much it was off, `repaired` all that ever was."""

    counter = Text(primary_key=True)
    drift = BigInt()
    repaired = BigInt()
    checked_at = Timestamptz()
