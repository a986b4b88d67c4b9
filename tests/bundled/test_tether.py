"""A tethered command has the pid that was started, and ends with whoever asked for it."""

import signal
import subprocess
import sys

import pytest

from app.bundled import tether
from tests.processes import alive, command_line, wait_until

# As on a system whose kernel does not tell of a parent's death.
ELSEWHERE = (
    "import runpy, sys; sys.platform = 'elsewhere'; runpy.run_path(sys.argv.pop(1), run_name='__main__')"
)
SHIMS = {"kernel": [tether.__file__], "watcher": ["-c", ELSEWHERE, tether.__file__]}

PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, *sys.argv[1:], str(os.getpid()), "15", "-1", "-1", "/bin/sleep", "600"])
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("shim", SHIMS.values(), ids=SHIMS)
def test_the_command_ends_when_its_parent_is_killed(shim: list[str]) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, *shim], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    try:
        wait_until(lambda: command_line(child).strip() == "/bin/sleep 600", "the command runs")
        parent.kill()
        parent.wait()
        wait_until(lambda: not alive({child}), "the child has ended with its parent")
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()


@pytest.mark.parametrize("shim", SHIMS.values(), ids=SHIMS)
def test_the_command_takes_the_place_of_the_shim(shim: list[str]) -> None:
    whoami = ["0", str(int(signal.SIGTERM)), "-1", "-1", "/bin/sh", "-c", "echo $$"]
    child = subprocess.Popen([sys.executable, *shim, *whoami], stdout=subprocess.PIPE, text=True)
    said, _ = child.communicate()
    assert int(said) == child.pid


def test_the_command_does_not_run_for_a_parent_that_is_gone() -> None:
    nobody = "1073741824"
    command = [nobody, "15", "-1", "-1", "/bin/echo", "ran"]
    done = subprocess.run(
        [sys.executable, tether.__file__, *command], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
