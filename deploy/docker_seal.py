"""Becomes a command as an engine would start it: as the image's user, with nothing to write to but /tmp.

usage: docker_seal.py mounts|files ROOT WORK UID GID COMMAND...    "mounts" in a mount namespace of its own
"""

import os
import subprocess
import sys
from pathlib import Path

OTHERS = ("/proc", "/sys", "/dev")


def main() -> None:
    way, place, work, user, group, *command = sys.argv[1:]
    root = Path(place)
    if way == "mounts":
        _mount("-t", "tmpfs", "-o", "mode=1777", "tmpfs", str(root / "tmp"))
        for point in _mount_points():
            if not point.startswith(OTHERS) and point != str(root / "tmp") and os.path.ismount(point):
                _mount("-o", "remount,bind,ro", point)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(int(group))
        os.setuid(int(user))
    os.chdir(work)
    for folder in (root, root / "usr/local", Path(work)):
        _refuses(folder)
    os.execvp(command[0], command)  # noqa: S606  # nosec B606  # a list, no shell


def _refuses(folder: Path) -> None:
    """The promise is tried out before anything relies on it."""
    try:
        (folder / "written").touch()
    except OSError:
        return
    sys.exit(f"{folder} can be written to")


def _mount(*words: str) -> None:
    if subprocess.run(["mount", *words], check=False).returncode:  # noqa: S607  # nosec B607  # wherever it lies
        sys.exit(f"mount {' '.join(words)} did not work")


def _mount_points() -> list[str]:
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    return [line.split()[4].encode().decode("unicode_escape") for line in lines]


if __name__ == "__main__":
    main()
