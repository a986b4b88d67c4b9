"""The real PostgreSQL and Valkey that the tests run on: our own launcher's, or those that are named.

`TEST_DATABASE_URL` and `TEST_REDIS_URL` name servers of another make; the database is emptied.
"""

import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path


def start(stack: ExitStack) -> None:
    """Start what is not named, and tell the environment, before anything reads the settings."""
    for name in [name for name in os.environ if name.startswith("HUBBUB_")]:
        del os.environ[name]
    folder = new_folder(stack)
    os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or _postgres(stack, folder)
    os.environ["REDIS_URL"] = os.environ.get("TEST_REDIS_URL") or _valkey(stack, folder)
    os.environ["HUBBUB_DATA_DIR"] = str(folder / "data")
    os.environ["HUBBUB_PING_MS"] = "1000"
    os.environ["HUBBUB_SLOW_QUERY_MS"] = "10000"
    # All tests come from one address, and in a hurry; those of the limits turn them on.
    os.environ["HUBBUB_RATE_LIMITS"] = "off"


def new_folder(stack: ExitStack) -> Path:
    """A folder that goes when the stack closes; servers that do not run as root must reach into it."""
    folder = Path(tempfile.mkdtemp(prefix="hubbub-tests-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o711)
    return folder


def _postgres(stack: ExitStack, data: Path) -> str:
    from app.bundled import postgres  # noqa: PLC0415  # app is imported when the environment is ready

    server = postgres.start(data)
    stack.callback(server.stop)
    return server.url


def _valkey(stack: ExitStack, data: Path) -> str:
    from app.bundled import valkey  # noqa: PLC0415  # app is imported when the environment is ready

    server = valkey.start(data)
    stack.callback(server.stop)
    return server.url
