"""A Chromium is found or fetched, and where none can be had the tests do not pass without it."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "deploy/chromium.py"


def look(tmp_path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """On a machine with nothing on PATH, nothing of Playwright's, and its download closed."""
    bare = {
        **os.environ,
        "PATH": str(tmp_path / "bin"),
        "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "browsers"),
        "PLAYWRIGHT_DOWNLOAD_HOST": "http://127.0.0.1:9",
        "CHROMIUM": "",
        **variables,
    }
    return subprocess.run(
        [sys.executable, str(SCRIPT)], env=bare, capture_output=True, text=True, check=False
    )


def program(path: Path, status: int) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\nexit {status}\n")
    path.chmod(0o755)
    return path


def test_where_none_can_be_had_it_fails_and_says_so(tmp_path: Path) -> None:
    done = look(tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "The browser tests need Chromium, and none could be had" in done.stderr


def test_one_on_the_path_is_taken(tmp_path: Path) -> None:
    found = program(tmp_path / "bin/chromium", 0)
    assert look(tmp_path).stdout == f"{found}\n"


def test_one_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    program(tmp_path / "bin/chromium", 1)
    found = program(tmp_path / "bin/google-chrome", 0)
    assert look(tmp_path).stdout == f"{found}\n"


def test_one_that_is_named_must_run(tmp_path: Path) -> None:
    named = program(tmp_path / "bin/mine", 0)
    assert look(tmp_path, CHROMIUM=str(named)).stdout == f"{named}\n"
    program(named, 1)
    done = look(tmp_path, CHROMIUM=str(named))
    assert (done.returncode, done.stdout) == (1, "")
    assert "does not run" in done.stderr
