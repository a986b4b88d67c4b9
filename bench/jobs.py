"""Jobs that do nothing, worked off by Hubbub's worker with its outbox and by plain SAQ, in turn."""

import json
import subprocess
import sys
from statistics import median

import msgspec

from bench.hubbub import Servers
from bench.machine import ONE, ROOT, Failed, on


class Jobs(msgspec.Struct, frozen=True):
    """Jobs a second, medians."""

    count: int
    plain: float
    outbox: float

    @property
    def ratio(self) -> float:
        return self.outbox / self.plain


def measure(servers: Servers, *, repeats: int, count: int) -> Jobs:
    """With as many jobs at once, on a core of their own. Raises Failed."""
    servers.database_url  # noqa: B018  # starts it
    found: dict[str, list[float]] = {"plain": [], "outbox": []}
    for _ in range(repeats):
        for way, rates in found.items():
            rates.append(count / _seconds(servers, way, count))
    return Jobs(count, median(found["plain"]), median(found["outbox"]))


def _seconds(servers: Servers, way: str, count: int) -> float:
    command = [sys.executable, "-m", "bench.hands", way, str(count)]
    with on(ONE):
        done = subprocess.run(
            command, cwd=ROOT, env=servers.environment(), capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise Failed(f"{way}: {done.stderr.strip()[-300:]}")
    return float(json.loads(done.stdout))
