"""A minute of chaos keeps every promise; and it would be noticed if the hub dropped, repeated or swapped events."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 400


def chaos(*flags: str) -> subprocess.CompletedProcess[str]:
    # Its servers are its own: nothing of the tests' own database and settings.
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("HUBBUB_") and name not in {"DATABASE_URL", "REDIS_URL"}
    }
    return subprocess.run(
        [sys.executable, "-m", "tests.chaos", *flags],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip


def test_a_minute_of_chaos_breaks_no_promise() -> None:
    done = chaos("--seconds", "60", "--seed", "7", "--readers", "60")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Every promise was kept." in done.stdout


@pytest.mark.parametrize(
    ("how", "called"),
    # Of two that are swapped the second may come before a ping, or never.
    [("drop", {"lost"}), ("repeat", {"repeated"}), ("swap", {"reordered", "lost"})],
)
def test_a_hub_that_tampers_with_one_event_in_a_thousand_is_found_out(how: str, called: set[str]) -> None:
    done = chaos("--seconds", "20", "--readers", "80", "--calm", "--sabotage", how)
    assert done.returncode == 1, done.stdout + done.stderr
    found = set(re.findall("FAILED ([a-z]+): reader", done.stdout))
    assert found & called, done.stdout
    assert "promises broken." in done.stdout
