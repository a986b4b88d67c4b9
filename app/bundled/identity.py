"""Whom the bundled servers run as: PostgreSQL refuses to be root, so there both become another user."""

import os
import pwd
import shutil
import stat
import sys
from pathlib import Path
from typing import NamedTuple

from app.bundled import LaunchError

# Only root writes here, so nobody can slip another binary in.
SHELTER = Path("/var/lib/hubbub")


class Identity(NamedTuple):
    """The user and group to become before a server starts; -1: stay who we are."""

    user: int = -1
    group: int = -1

    @property
    def changes(self) -> bool:
        return self.user >= 0


def choose(folder: Path) -> Identity:
    """Ourselves; when we are root, whoever owns the data already, else `nobody`. Raises LaunchError."""
    if os.geteuid() != 0:
        return Identity()
    if sys.platform != "linux":
        raise LaunchError("PostgreSQL does not run as root here. Please start Hubbub as an ordinary user.")
    owner = folder.stat().st_uid if folder.is_dir() else 0
    try:
        entry = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    except KeyError:
        raise LaunchError(
            "PostgreSQL does not run as root, and there is no user to run it as. "
            "Please start Hubbub as an ordinary user."
        ) from None
    return Identity(entry.pw_uid, entry.pw_gid)


def within_reach(folder: Path, name: str, parts: tuple[str, ...], version: str, identity: Identity) -> Path:
    """`folder`, or a copy of its `parts` within reach: a checkout may lie below a closed home."""
    if not identity.changes or all(_open_to_all(folder / part) for part in parts):
        return folder
    copy = SHELTER / f"{name}-{version}"
    if not copy.is_dir():
        _copy(folder, parts, copy)
    return copy


def _open_to_all(path: Path) -> bool:
    return all(place.stat().st_mode & stat.S_IXOTH for place in (path, *path.parents))


def _copy(folder: Path, parts: tuple[str, ...], target: Path) -> None:
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    unfinished.mkdir(parents=True)
    for part in parts:
        shutil.copytree(folder / part, unfinished / part, symlinks=True)
    for path in (SHELTER, unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    try:
        unfinished.rename(target)
    except OSError:
        # Another start was quicker, and its copy is as good.
        shutil.rmtree(unfinished, ignore_errors=True)
