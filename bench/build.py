"""The two C programs, compiled when their source is newer than they are."""

import subprocess
from pathlib import Path

from bench.machine import BUILT, HERE, Failed


def load() -> Path:
    """The load generator. Raises Failed where there is no C compiler."""
    return _compile("load")


def limit() -> Path:
    """The epoll server that does nothing but write."""
    return _compile("limit")


def _compile(name: str) -> Path:
    source, program = HERE / f"{name}.c", BUILT / name
    if program.exists() and program.stat().st_mtime >= source.stat().st_mtime:
        return program
    BUILT.mkdir(exist_ok=True)
    fresh = program.with_suffix(".new")
    command = ["gcc", "-O2", "-Wall", "-Wextra", "-o", str(fresh), str(source)]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise Failed("there is no gcc on this machine") from None
    except subprocess.CalledProcessError as error:
        raise Failed(f"{source.name} does not compile: {error.stderr}") from None
    fresh.replace(program)
    return program
