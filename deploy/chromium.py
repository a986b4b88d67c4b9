"""Finds a Chromium for the browser tests, or fetches one, and prints its path.

An empty line means Playwright's own, which its API finds by itself. Fails where none can be had.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FETCH_SECONDS = 600
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def main() -> None:
    for look in (_named, _playwright, _system, _fetched, _packaged):
        path = look()
        if path is not None:
            print(path)
            return
    sys.exit(
        "The browser tests need Chromium, and none could be had: Playwright's download is closed here and Debian's "
        "package could not be installed (that takes root, or sudo without a password). "
        "Install one, or name it: make test CHROMIUM=/path/to/chromium"
    )


def _named() -> str | None:
    path = os.environ.get("CHROMIUM", "")
    if path and not _runs(path):
        sys.exit(f"CHROMIUM={path} does not run.")
    return path or None


def _playwright() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return "" if Path(path).exists() and _runs(path) else None


def _system() -> str | None:
    paths = (shutil.which(name) for name in NAMES)
    return next((path for path in paths if path and _runs(path)), None)


def _fetched() -> str | None:
    _say("Fetching Chromium for the browser tests.")
    return _playwright() if _succeeds([sys.executable, "-m", "playwright", "install", "chromium"]) else None


def _packaged() -> str | None:
    if not shutil.which("apt-get"):
        return None
    rights = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if rights and not shutil.which("sudo"):
        return None
    _say("That download is closed here. Installing Debian's chromium.")
    quiet = ["-o", "Dpkg::Use-Pty=0", "-q", "-q"]
    for words in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        if not _succeeds([*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *quiet, *words]):
            return None
    return _system()


def _runs(path: str) -> bool:
    return _succeeds([path, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _succeeds(command: list[str], **output: int) -> bool:
    """Whether it ends well; what it says goes to stderr, as stdout is the answer's alone."""
    try:
        done = subprocess.run(command, **{"stdout": 2, **output}, timeout=FETCH_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
