"""Installs the peers from their registries: Python's and Node's into bench/.peers, Rails' with apt-get.

What cannot be had is said here, and again in the table; the rest is measured without it.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "bench" / "peers"
TARGET = ROOT / "bench" / ".peers"
PYTHON = TARGET / "python"
RAILS = ("puma", "ruby-actioncable", "ruby-railties", "ruby-redis")
# By the command that shows that it is there.
TOOLS = {"gcc": ("gcc", "libc6-dev"), "node": ("nodejs",), "npm": ("npm",), "puma": RAILS}


def main() -> None:
    """Install what is missing; nothing where all is there."""
    TARGET.mkdir(exist_ok=True)
    _debian()
    _python()
    _node()


def _debian() -> None:
    missing = [package for tool, packages in TOOLS.items() if not shutil.which(tool) for package in packages]
    if not missing:
        return
    if os.geteuid() or not shutil.which("apt-get"):
        print(f"MISSING, install them by hand: {' '.join(missing)}")
        return
    quiet = ["apt-get", "--quiet", "--quiet"]
    _run([*quiet, "update"])
    _run([*quiet, "install", "--yes", "--no-install-recommends", *missing], DEBIAN_FRONTEND="noninteractive")


def _python() -> None:
    wanted = PEERS / "requirements.txt"
    if _is_current(PYTHON / "installed", wanted):
        return
    uv = [sys.executable, str(ROOT / "deploy" / "get_uv.py")]
    python = str(PYTHON / "bin" / "python")
    if _run([*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(PYTHON)]) and _run(
        [*uv, "pip", "install", "--quiet", "--python", python, "--requirement", str(wanted)]
    ):
        shutil.copy(wanted, PYTHON / "installed")


def _node() -> None:
    wanted = PEERS / "package.json"
    if _is_current(TARGET / "package.json", wanted) and (TARGET / "node_modules").exists():
        return
    shutil.copy(wanted, TARGET / "package.json")
    install = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
    if not _run([*install, "--loglevel=error", f"--prefix={TARGET}"]):
        (TARGET / "package.json").unlink()


def _is_current(installed: Path, wanted: Path) -> bool:
    return installed.exists() and installed.read_text() == wanted.read_text()


def _run(command: Sequence[str], **environment: str) -> bool:
    try:
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False)
    except FileNotFoundError:
        print(f"NOT INSTALLED: there is no {command[0]}.")
        return False
    if done.returncode:
        print(f"NOT INSTALLED: {' '.join(command)} failed; the lines above say why.")
    return not done.returncode


if __name__ == "__main__":
    main()
