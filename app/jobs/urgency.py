"""Which jobs go first: each queue has hands of its own, so that what takes long holds up nothing short."""

from collections.abc import Awaitable, Callable
from typing import Literal, TypeVar

JobFunction = Callable[..., Awaitable[None]]
F = TypeVar("F", bound=JobFunction)

QueueName = Literal["urgent", "usual", "slow"]
QUEUES: tuple[QueueName, ...] = ("urgent", "usual", "slow")

_queues: dict[str, QueueName] = {}


def urgent(job: F) -> F:
    """Somebody waits for this one: a link to sign in with, a welcome."""
    _queues[job.__name__] = "urgent"
    return job


def slow(job: F) -> F:
    """Nobody waits for this one, or there may be thousands of it at once: a digest, an export, a tidying."""
    _queues[job.__name__] = "slow"
    return job


def queue_of(job: JobFunction) -> QueueName:
    return _queues.get(job.__name__, "usual")
