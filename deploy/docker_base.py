"""This machine's Python as the base of an image: at /usr/local/bin, as the images of Python have it."""

import os
import shutil
import stat
import sys
from pathlib import Path

PATH = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
LEFT_OUT = (
    "site-packages",
    "dist-packages",
    "test",
    "tests",
    "idlelib",
    "lib2to3",
    "__pycache__",
    "config-*",
)


def put_python(root: Path) -> dict[str, str]:
    """Link it, or copy it where the image's user could not reach it (a Python below a closed home).

    What it needs in the environment is returned.
    """
    local, library = root / "usr/local", f"lib/python{sys.version_info.major}.{sys.version_info.minor}"
    (local / "bin").mkdir(parents=True)
    python = Path(sys._base_executable).resolve()  # noqa: SLF001  # in a venv nothing else names the one below
    copied = os.geteuid() == 0 and not open_to_all(python)
    if copied:
        shutil.copy2(python, local / "bin" / python.name)
        source = Path(sys.base_prefix) / library
        shutil.copytree(source, local / library, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT))
        for shared in (Path(sys.base_prefix) / "lib").glob("libpython*.so*"):
            shutil.copy2(shared, local / "lib" / shared.name)
    for name in {"python", "python3"} - {python.name if copied else ""}:
        (local / "bin" / name).symlink_to(python.name if copied else python)
    return {"PATH": PATH, **({"LD_LIBRARY_PATH": "/usr/local/lib"} if copied else {})}


def open_to_all(path: Path) -> bool:
    """Whether any user can walk there."""
    return all(place.stat().st_mode & stat.S_IXOTH for place in (path, *path.parents))
