"""Figures for Prometheus. Those of jobs and counters are read from PostgreSQL: any web process tells of all workers.

Those of live (`app/live/metrics.py`) are this process's own.
"""

from collections.abc import Iterator
from typing import Any

from litestar import Request, Response, get
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.database.engine import DB
from app.jobs.queries import list_queues, list_tallies
from app.live.hub import Hub
from app.telemetry.jobs import of_queues, of_tallies
from app.web.nearby import require_loopback

_CHECKS = """
SELECT counter, drift, repaired, extract(epoch FROM checked_at) AS checked FROM counter_checks ORDER BY counter
"""


@get("/metrics", include_in_schema=False)
async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """For a Prometheus on this machine; others find nothing here."""
    require_loopback(request)
    registry = CollectorRegistry()
    jobs = [*of_queues(await list_queues()), *of_tallies(await list_tallies())]
    counters = _of_counters(await DB.fetch(_CHECKS))
    registry.register(_Read([*_of_hub(request.app.state.hub), *jobs, *counters]))
    return Response(generate_latest(REGISTRY) + generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Read(Collector):
    """Figures that were read just now."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        return iter(self._families)


def _of_hub(hub: Hub) -> Iterator[Metric]:
    connections = GaugeMetricFamily("hubbub_live_connections", "Readers that are connected to this process.")
    connections.add_metric([], len(hub.connections))
    yield connections
    age = GaugeMetricFamily(
        "hubbub_live_tips_age_seconds", "How long ago PostgreSQL said where channels stand."
    )
    age.add_metric([], hub.checked_ms / 1000)
    yield age


def _of_counters(rows: list[Any]) -> Iterator[Metric]:
    drift = GaugeMetricFamily(
        "hubbub_counter_drift", "By how much a counter was off when last compared.", labels=["counter"]
    )
    repaired = CounterMetricFamily(
        "hubbub_counter_repaired", "By how much a counter has been off in all.", labels=["counter"]
    )
    checked = GaugeMetricFamily(
        "hubbub_counter_checked_timestamp_seconds", "When a counter was last compared.", labels=["counter"]
    )
    for row in rows:
        drift.add_metric([row["counter"]], row["drift"])
        repaired.add_metric([row["counter"]], row["repaired"])
        checked.add_metric([row["counter"]], float(row["checked"]))
    yield from (drift, repaired, checked)
