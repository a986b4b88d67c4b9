"""Makes .venv with the locked packages, using only this Python; does nothing when all is as it should be.

usage: python3 deploy/venv.py [--dev]
"""

import fcntl
import hashlib
import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "hubbub-stamp"
OLDEST = (3, 11)


def main() -> None:
    if sys.version_info < OLDEST:
        # An older Python must be able to read this far, and no other file.
        sys.exit(
            f"Hubbub needs Python 3.11 or newer, and {sys.executable} is {platform.python_version()}. "
            "Another one can be named: make run PYTHON=python3.12"
        )
    try:
        _make("--dev" in sys.argv)
    except PermissionError as error:
        sys.exit(
            f"{error.filename} belongs to another user. Start as that user, or remove {VENV} and start again."
        )


def _make(dev: bool) -> None:
    if _is_current(dev):
        return
    with (ROOT / ".venv.lock").open("w") as lock:
        # Two terminals at once: the second finds the work done.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_current(dev):
            _install(dev)


def _is_current(dev: bool) -> bool:
    if not (VENV / "bin" / "python").exists() or not STAMP.exists():
        return False
    kind, _, fingerprint = STAMP.read_text().partition(" ")
    return fingerprint == _fingerprint() and (kind == "dev" or not dev)


def _fingerprint() -> str:
    """Changes with the lock, with this Python, and when the folder moves (scripts name their place)."""
    locked = b"".join((ROOT / name).read_bytes() for name in ("pyproject.toml", "uv.lock", "deploy/venv.py"))
    return hashlib.sha256(locked + f"{ROOT}|{sys.version}|{sys.base_prefix}".encode()).hexdigest()


def _install(dev: bool) -> None:
    import get_uv  # noqa: PLC0415  # not before this Python is known to be new enough

    print("Installing what Hubbub needs into .venv (only now, and when that changes).", flush=True)
    # Compiled once here: else a machine that writes no bytecode compiles all of it at every start.
    options = ["--quiet", "--locked", "--compile-bytecode", "--python", sys.executable]
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    environment["UV_PYTHON_DOWNLOADS"] = "never"
    STAMP.unlink(missing_ok=True)
    command = [str(get_uv.get_uv(ROOT)), "sync", *get_uv.trust(), *options, *([] if dev else ["--no-dev"])]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    if done.returncode:
        sys.exit("The packages could not be installed; the lines above say why.")
    # Ours too: the first start compiles what it can keep, and not every machine lets it keep anything.
    subprocess.run(
        [VENV / "bin/python", "-m", "compileall", "-q", "app"], cwd=ROOT, env=environment, check=False
    )
    STAMP.write_text(f"{'dev' if dev else 'run'} {_fingerprint()}")


if __name__ == "__main__":
    main()
