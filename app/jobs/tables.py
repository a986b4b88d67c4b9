"""Jobs that were committed with the change that wants them."""

from piccolo.columns import JSONB, BigSerial, SmallInt, Text, Timestamptz
from piccolo.table import Table


class Outbox(Table, tablename="outbox"):
    """One job to be done. It is gone when done; `dead_at` is set when it was tried often enough."""

    id = BigSerial(primary_key=True)
    job = Text()
    payload = JSONB(default="{}")
    key = Text(null=True, default=None)
    tries = SmallInt()
    run_at = Timestamptz()
    lease_until = Timestamptz(null=True, default=None)
    dead_at = Timestamptz(null=True, default=None)
    error = Text(null=True, default=None)
    created_at = Timestamptz()


class CronRun(Table, tablename="cron_runs"):
    """A slot of a cron line whose job was put into the outbox; the key is both columns."""

    name = Text(primary_key=True)
    slot = Timestamptz()
    created_at = Timestamptz()
