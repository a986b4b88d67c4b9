"""Figures of jobs, read from PostgreSQL: any web process tells of all workers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from app.jobs.queries import QueueState


def of_queues(queues: Mapping[str, QueueState]) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("hubbub_jobs", "Jobs in the outbox.", labels=["queue", "state"])
    late = GaugeMetricFamily(
        "hubbub_jobs_late_seconds", "How long the oldest job that is due has been waiting.", labels=["queue"]
    )
    for name, queue in queues.items():
        late.add_metric([name], queue.late)
        for state, count in queue.counts.items():
            jobs.add_metric([name, state], count)
    yield from (jobs, late)


def of_tallies(tallies: Sequence[Any]) -> Iterator[Metric]:
    runs = CounterMetricFamily("hubbub_job_runs", "What came of a job.", labels=["job", "outcome"])
    seconds = CounterMetricFamily(
        "hubbub_job_seconds", "How long the runs of a job that was done took.", labels=["job"]
    )
    for tally in tallies:
        for outcome in ("done", "failed", "discarded"):
            runs.add_metric([tally["job"], outcome], tally[outcome])
        seconds.add_metric([tally["job"]], (tally["ms"] or 0) * tally["done"] / 1000)
    yield from (runs, seconds)
