"""The folder of one bundled server: its owner, its two locks, its password."""

import errno
import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from app.bundled import LaunchError
from app.bundled.identity import choose
from app.bundled.leftovers import end_holders

PATIENCE = 8.0  # seconds that a server of an earlier start may take to end


def hold(handle: IO[Any], taken: str, patience: float = 0) -> IO[Any]:
    """The file, locked until it is closed or its last holder is gone. Raises LaunchError(taken)."""
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                handle.close()
                raise LaunchError(taken) from None
            time.sleep(0.05)
        else:
            return handle


class Folder:
    """A server's folder, claimed: nobody else starts a server on it while this is open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = path / "data"
        self.identity = choose(self.data)
        with plainly(path):
            path.mkdir(parents=True, exist_ok=True)
            # The user it runs as passes through to what is its own, and writes nowhere else.
            path.chmod(0o711 if self.identity.changes else 0o700)
            self._owner = hold(self.open("owner.lock", "a"), f"{path} is in use by another Hubbub.")
            try:
                self.server_lock = self._wait_for_server()
            except BaseException:
                self._owner.close()
                raise

    def _wait_for_server(self) -> IO[Any]:
        # The server holds this one too, with all its children: free means that they are gone, whatever
        # became of whoever started them, and no pid that was written down has to be believed.
        busy = f"The server of an earlier start still runs on {self.path}."
        try:
            return hold(self.open("server.lock", "a"), busy, PATIENCE)
        except LaunchError:
            end_holders(self.path / "server.lock")
            return hold(self.open("server.lock", "a"), busy)

    def open(self, name: str, mode: str) -> IO[Any]:
        """A private file of this folder, its owner the folder's, whoever runs us today."""
        handle: IO[Any] = open(self.path / name, mode, opener=_private)  # noqa: SIM115  # Path has no opener
        if os.geteuid() == 0:
            owner = self.path.stat()
            os.fchown(handle.fileno(), owner.st_uid, owner.st_gid)
        return handle

    def password(self) -> str:
        """The server's password, made at the first start."""
        path = self.path / "password"
        with plainly(self.path):
            if not path.exists():
                with self.open("password.new", "w") as handle:
                    handle.write(secrets.token_urlsafe(24))
                    fresh = Path(handle.name)
                self.give(fresh)
                fresh.replace(path)
            return path.read_text()

    def give(self, path: Path) -> None:
        """Make the user that the server runs as the owner."""
        if self.identity.changes:
            os.chown(path, *self.identity)

    def empty(self, name: str) -> Path:
        """A new, empty folder inside, in place of what a start that was cut short left there."""
        path = self.path / name
        with plainly(self.path):
            self.discard(name)
            path.mkdir(mode=0o700)
            self.give(path)
        return path

    def discard(self, name: str) -> None:
        shutil.rmtree(self.path / name, ignore_errors=True)

    def close(self) -> None:
        self.server_lock.close()
        self._owner.close()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextmanager
def plainly(path: Path) -> Iterator[None]:
    """Turn what the file system answers into one line about `path`."""
    try:
        yield
    except OSError as error:
        raise LaunchError(trouble(path, error.errno, error.strerror or str(error))) from None


def trouble(path: Path, number: int | None, text: str) -> str:
    """What is wrong with the place where the data lives, and what to do."""
    if number in {errno.ENOSPC, errno.EDQUOT} or os.strerror(errno.ENOSPC) in text:
        return f"The disk that holds {path} is full. Make some room, then start again."
    if number == errno.EROFS or os.strerror(errno.EROFS) in text:
        return f"The disk that holds {path} is read-only. HUBBUB_DATA_DIR can name another place."
    if number in {errno.EACCES, errno.EPERM}:
        return f"Hubbub may not write to {path}. HUBBUB_DATA_DIR can name another place."
    return f"{path} cannot be used: {text}."
