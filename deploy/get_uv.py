"""Fetches the locked uv into .uv: with pip, with the pip that Python carries, or, without either, by itself.

usage: python3 deploy/get_uv.py ARGUMENT...    runs it with these
"""

import hashlib
import io
import os
import platform
import ssl
import subprocess
import sys
import tempfile
import tomllib
import urllib.request
import zipfile
from importlib.util import find_spec
from pathlib import Path

ANSWER_SECONDS = 60
ADVICE = (
    "Hubbub needs pip for its first start, and it could not be had: %s. Install pip (Debian: python3-pip)."
)


def get_uv(root: Path) -> Path:
    """The uv command, of the version in uv.lock and no other."""
    locked = _locked(root)
    folder = root / ".uv" / locked["version"]
    uv = folder / "bin" / "uv"
    if not uv.exists():
        pip = _pip()
        if pip is None or not _with_pip(pip, locked, folder):
            _alone(locked, uv)
    return uv


def _locked(root: Path) -> dict:
    lock = tomllib.loads((root / "uv.lock").read_text(encoding="utf-8"))
    return next(package for package in lock["package"] if package["name"] == "uv")


def _pip() -> "dict | None":
    """The environment in which `python -m pip` works, or None."""
    if _installed("pip"):
        return dict(os.environ)
    # Often taken out of a system's Python, with or without its folder.
    carried = _installed("ensurepip")
    wheels = sorted(carried.glob("_bundled/pip-*.whl")) if carried else []
    return {**os.environ, "PYTHONPATH": str(wheels[-1])} if wheels else None


def _installed(package: str) -> "Path | None":
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def _with_pip(environment: dict, locked: dict, folder: Path) -> bool:
    hashes = " ".join(f"--hash={wheel['hash']}" for wheel in locked["wheels"])
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as wanted:
        wanted.write(f"uv=={locked['version']} {hashes}\n")
        wanted.flush()
        options = ["--quiet", "--disable-pip-version-check", "--root-user-action=ignore", "--no-deps"]
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            *options,
            "--only-binary=:all:",
            "--require-hashes",
        ]
        # Into a folder of ours: a Python that its system manages (PEP 668) is left as it is.
        target = ["--upgrade", "--target", str(folder), "--requirement", wanted.name]
        return subprocess.run([*command, *target], env=environment, check=False).returncode == 0


def _alone(locked: dict, uv: Path) -> None:
    """Take the one file that we need out of the wheel that uv.lock names, if it is that very wheel."""
    wheel = _wheel_for_here(locked["wheels"])
    try:
        address = wheel["url"]
        with urllib.request.urlopen(address, timeout=ANSWER_SECONDS) as answer:  # noqa: S310  # nosec  # from the lock
            content = answer.read()
    except OSError as error:
        sys.exit(ADVICE % error)
    if "sha256:" + hashlib.sha256(content).hexdigest() != wheel["hash"]:
        sys.exit(ADVICE % "what came is not the file in uv.lock")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        binary = archive.read(f"uv-{locked['version']}.data/scripts/uv")
    uv.parent.mkdir(parents=True, exist_ok=True)
    fresh = uv.with_name("uv.new")
    fresh.write_bytes(binary)
    fresh.chmod(0o755)
    fresh.replace(uv)


def _wheel_for_here(wheels: list) -> dict:
    machine = platform.machine().lower()
    system = {"darwin": "macosx"}.get(sys.platform) or (
        "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"
    )
    for wheel in wheels:
        name = wheel["url"].rpartition("/")[2]
        if system in name and machine in name:
            return wheel
    sys.exit(ADVICE % f"uv has no file for {system} on {machine}")


def trust() -> list:
    """A network may have an authority of its own: this machine knows it, what uv carries does not."""
    return ["--system-certs"] if _has_certificates() else []


def _has_certificates() -> bool:
    paths = ssl.get_default_verify_paths()
    return bool(paths.cafile) or bool(paths.capath and any(Path(paths.capath).iterdir()))


if __name__ == "__main__":
    uv = get_uv(Path(__file__).resolve().parent.parent)
    os.execv(uv, ["uv", *sys.argv[1:], *trust()])  # noqa: S606  # nosec B606  # a list, no shell
