"""Finds or installs libfaketime, with which `make chaos` moves the clocks of single processes; prints its path.

Where it cannot be had this says so, prints an empty line and does not fail: the run goes on without moved
clocks, and its table says that too.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PLACES = ("/usr/lib", "/usr/local/lib")
LIBRARY = "faketime/libfaketimeMT.so.1"
SECONDS = 300


def main() -> None:
    path = _find() or (_find() if _packaged() else None)
    print(path or "")
    if path is None:
        print(
            "No clock will be moved: libfaketime is not here and Debian's package `faketime` could not be "
            "installed (that takes root, or sudo without a password).",
            file=sys.stderr,
            flush=True,
        )


def _find() -> Path | None:
    found = (path for place in PLACES for path in sorted(Path(place).glob(f"**/{LIBRARY}")))
    return next(found, None)


def _packaged() -> bool:
    if not shutil.which("apt-get"):
        return False
    rights = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if rights and not shutil.which("sudo"):
        return False
    quiet = ["-o", "Dpkg::Use-Pty=0", "-q", "-q"]
    steps = (["update"], ["install", "--yes", "--no-install-recommends", "faketime"])
    return all(
        _succeeds([*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *quiet, *words])
        for words in steps
    )


def _succeeds(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, stdout=sys.stderr, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    main()
