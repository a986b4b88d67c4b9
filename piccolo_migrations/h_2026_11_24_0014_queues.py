"""Queues by urgency, the request behind a job, keys that are remembered, and what came of each job."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database.raw import sql_migration

ID = "2026-11-24T00:14:00"
VERSION = "1.38.0"
DESCRIPTION = "Queues by urgency, and what came of each job"

FORWARDS = """
ALTER TABLE outbox
    ADD COLUMN queue text NOT NULL DEFAULT 'usual'
        CONSTRAINT outbox_queue CHECK (queue IN ('urgent', 'usual', 'slow')),
    ADD COLUMN request_id text CONSTRAINT outbox_request_id CHECK (length(request_id) <= 200);

-- Of two that were claimed under one key, which nothing forbade until now, the first keeps it.
UPDATE outbox SET key = NULL WHERE lease_until IS NOT NULL AND dead_at IS NULL AND EXISTS (
    SELECT FROM outbox AS first WHERE first.key = outbox.key AND first.id < outbox.id
        AND first.lease_until IS NOT NULL AND first.dead_at IS NULL
);
CREATE UNIQUE INDEX outbox_running_key ON outbox (key)
    WHERE key IS NOT NULL AND lease_until IS NOT NULL AND dead_at IS NULL;

DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (queue, run_at) WHERE dead_at IS NULL;

-- Keys that keep others out for a while, whatever became of the job.
CREATE TABLE job_keys (
    key text PRIMARY KEY,
    until timestamptz(3) NOT NULL
);
CREATE INDEX job_keys_until ON job_keys (until);

CREATE TABLE job_tallies (
    job text PRIMARY KEY,
    done bigint NOT NULL DEFAULT 0 CONSTRAINT job_tallies_done CHECK (done >= 0),
    failed bigint NOT NULL DEFAULT 0 CONSTRAINT job_tallies_failed CHECK (failed >= 0),
    discarded bigint NOT NULL DEFAULT 0 CONSTRAINT job_tallies_discarded CHECK (discarded >= 0),
    microseconds bigint NOT NULL DEFAULT 0 CONSTRAINT job_tallies_microseconds CHECK (microseconds >= 0),
    last_at timestamptz(3) NOT NULL DEFAULT now()
);
"""

BACKWARDS = """
DROP TABLE job_tallies, job_keys;
DROP INDEX outbox_due, outbox_running_key;
CREATE INDEX outbox_due ON outbox (run_at) WHERE dead_at IS NULL;
ALTER TABLE outbox DROP COLUMN request_id, DROP COLUMN queue;
"""


async def forwards() -> MigrationManager:
    return sql_migration(ID, DESCRIPTION, FORWARDS, BACKWARDS)
