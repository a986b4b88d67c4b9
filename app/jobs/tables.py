"""Jobs that were committed with the change that wants them."""

from piccolo.columns import JSONB, BigInt, BigSerial, SmallInt, Text, Timestamptz
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
    queue = Text(default="usual")
    request_id = Text(null=True, default=None)


class JobKey(Table, tablename="job_keys"):
    """A key under which no further job is taken until then."""

    key = Text(primary_key=True)
    until = Timestamptz()


class JobTally(Table, tablename="job_tallies"):
    """What came of all runs of a job so far; `microseconds` is how long those that were done took together."""

    job = Text(primary_key=True)
    done = BigInt()
    failed = BigInt()
    discarded = BigInt()
    microseconds = BigInt()
    last_at = Timestamptz()


class CronRun(Table, tablename="cron_runs"):
    """A slot of a cron line whose job was put into the outbox; the key is both columns."""

    name = Text(primary_key=True)
    slot = Timestamptz()
    created_at = Timestamptz()
