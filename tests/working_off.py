"""What a worker would do next, done here."""

from app.jobs import leases
from app.jobs.performer import Performer
from app.jobs.urgency import QUEUES
from app.worker import JOBS


async def work_off() -> int:
    """Do all jobs that are due, and those that they enqueue, urgent ones first; how many that were."""
    performer, count = Performer(JOBS), 0
    while due := [entry for queue in QUEUES for entry in await leases.due(queue, 1000)]:
        for entry in due:
            await performer.perform(entry.id)
        await performer.flush()
        count += len(due)
    return count
