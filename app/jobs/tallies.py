"""What came of the jobs of this process, by their names, added to the table now and then."""

from collections import defaultdict

from app.database.engine import DB

# In order of their names: two workers that add at once wait for each other, and neither for ever.
_ADD = """
INSERT INTO job_tallies (job, done, failed, discarded, microseconds)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
ON CONFLICT (job) DO UPDATE SET
    done = job_tallies.done + excluded.done,
    failed = job_tallies.failed + excluded.failed,
    discarded = job_tallies.discarded + excluded.discarded,
    microseconds = job_tallies.microseconds + excluded.microseconds,
    last_at = now()
"""
DONE, FAILED, DISCARDED, MICROSECONDS = range(4)


class Tallies:
    """Kept in memory for a moment: a worker that is killed takes the last of it along, and only figures are lost."""

    def __init__(self) -> None:
        self._counts: defaultdict[str, list[int]] = defaultdict(lambda: [0] * 4)

    def note_done(self, job: str, seconds: float) -> None:
        counts = self._counts[job]
        counts[DONE] += 1
        counts[MICROSECONDS] += round(seconds * 1_000_000)

    def note_failed(self, job: str) -> None:
        self._counts[job][FAILED] += 1

    def note_discarded(self, job: str) -> None:
        self._counts[job][DISCARDED] += 1

    async def write(self) -> None:
        """Raises what PostgreSQL raises; what could not be written is added the next time."""
        if not self._counts:
            return
        counts, self._counts = self._counts, defaultdict(lambda: [0] * 4)
        names = sorted(counts)
        try:
            await DB.fetch(_ADD, names, *zip(*(counts[name] for name in names), strict=True))
        except BaseException:
            for name in names:
                self._counts[name] = [a + b for a, b in zip(self._counts[name], counts[name], strict=True)]
            raise
