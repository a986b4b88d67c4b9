"""Does jobs of the outbox: claims one, does it within its time, and sees that its row goes."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic, perf_counter

import msgspec
import structlog

from app.database.transaction import retried, transaction
from app.jobs import leases, relay
from app.jobs.claims import Claims
from app.jobs.leases import LeaseLost
from app.jobs.outbox import Entry
from app.jobs.tallies import Tallies
from app.jobs.urgency import JobFunction
from app.web.errors import NotFound

log = structlog.get_logger("hubbub.jobs")

TICK_SECONDS = 0.1
BEAT_SECONDS = 5.0
SHORT_SECONDS = 60.0
LONG_SECONDS = 3600.0


class Job(msgspec.Struct, frozen=True):
    """How a function of the outbox is run."""

    run: JobFunction
    in_change: bool = False
    seconds: float = SHORT_SECONDS


Jobs = Mapping[str, Job]


def in_change(*functions: JobFunction) -> Jobs:
    """Jobs that only touch the database: called with a Change, committed together with the end of their row."""
    return {function.__name__: Job(function, in_change=True) for function in functions}


def aside(*functions: JobFunction, seconds: float = SHORT_SECONDS) -> Jobs:
    """Jobs that reach out, or make many changes of their own: their row goes afterwards, with others."""
    return {function.__name__: Job(function, seconds=seconds) for function in functions}


class Performer:
    """The jobs that this process has in hand."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._claims = Claims()
        self._tallies = Tallies()
        self._running: dict[int, Entry] = {}
        self._done: list[Entry] = []
        self._stopping = False
        self._idle = asyncio.Event()
        self._idle.set()

    async def perform(self, entry_id: int) -> None:
        """Do one job of the outbox, if it still is to be done."""
        if self._stopping or (entry := await self._claims.take(entry_id)) is None:
            return
        self._running[entry.id] = entry
        self._idle.clear()
        try:
            with structlog.contextvars.bound_contextvars(**_named(entry)):
                await self._try(entry)
        finally:
            del self._running[entry.id]
            if not self._running:
                self._idle.set()

    async def run(self) -> None:
        """Keep the leases of what runs, and remove the rows of what is done, in batches."""
        beat = monotonic()
        while True:
            await asyncio.sleep(TICK_SECONDS)
            try:
                await self.flush()
                if self._running and monotonic() - beat > BEAT_SECONDS:
                    beat = monotonic()
                    await leases.renew(list(self._running.values()))
            except Exception as error:  # noqa: BLE001  # whatever it was, it is tried again in a moment
                log.warning("flush_failed", error=str(error) or type(error).__name__)

    async def flush(self) -> None:
        """Remove the rows of what is done; what could not be removed stays for the next time."""
        if self._done:
            done = self._done.copy()
            keys = await leases.finish_all(done)
            del self._done[: len(done)]
            if keys:
                await relay.tell_next(keys)
        await self._tallies.write()

    async def drain(self, seconds: float) -> None:
        """Begin nothing new, and let what runs end, for so long."""
        self._stopping = True
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._idle.wait()

    async def _try(self, entry: Entry) -> None:
        started = perf_counter()
        try:
            job = self._jobs[entry.job]
            async with asyncio.timeout(job.seconds):
                await (_do_in_change(job, entry) if job.in_change else self._do_aside(job, entry))
        except asyncio.CancelledError:
            await leases.hand_back([entry])
            raise
        except LeaseLost:
            log.warning("job_lease_lost")
        except NotFound:
            self._discard(entry)
        except Exception as error:  # whatever it is, it is kept in the row and tried again
            log.exception("job_failed", tries=entry.tries)
            await self._fail(entry, f"{type(error).__name__}: {error}")
        else:
            seconds = perf_counter() - started
            self._tallies.note_done(entry.job, seconds)
            log.info("job_done", ms=round(seconds * 1000, 1))

    async def _do_aside(self, job: Job, entry: Entry) -> None:
        await job.run(**entry.payload)
        self._done.append(entry)

    def _discard(self, entry: Entry) -> None:
        """What it was about is gone, and does not come back by trying."""
        self._done.append(entry)
        self._tallies.note_discarded(entry.job)
        log.info("job_discarded")

    async def _fail(self, entry: Entry, error: str) -> None:
        self._tallies.note_failed(entry.job)
        await leases.fail(entry, error)


@retried
async def _do_in_change(job: Job, entry: Entry) -> None:
    async with transaction() as change:
        await job.run(change, **entry.payload)
        await leases.finish(entry)


def _named(entry: Entry) -> dict[str, object]:
    """What every line that is logged meanwhile says, and what jobs that it enqueues inherit."""
    cause = {"request_id": entry.request_id} if entry.request_id else {}
    return {"job": entry.job, "entry": entry.id, "queue": entry.queue, **cause}
