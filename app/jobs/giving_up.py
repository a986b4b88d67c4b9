"""What is done when a job was tried for the last time: another job, written as the row becomes a dead letter."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

from app.jobs import outbox
from app.jobs.urgency import JobFunction

F = TypeVar("F", bound=JobFunction)

_lasts: dict[str, JobFunction] = {}


def when_given_up(last: JobFunction) -> Callable[[F], F]:
    """Have `last` done, with the same payload, once the tries of the job below are used up, or an admin drops it."""

    def note(job: F) -> F:
        _lasts[job.__name__] = last
        return job

    return note


async def say_so(given_up: Sequence[Any]) -> None:
    """Enqueue what follows from these rows (job, payload), inside the caller's transaction; a sweep finds it."""
    for row in given_up:
        if (last := _lasts.get(row["job"])) is not None:
            await outbox.add(last, msgspec.json.decode(row["payload"]), outbox.Wanted())
