"""The first set-up on a Python without pip: the locked file, checked, or a word of advice."""

import hashlib
import io
import runpy
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "deploy/get_uv.py"
GetUv = Callable[[Path], Path]


def wheel() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("uv-1.2.3.data/scripts/uv", "#!/bin/sh\necho uv 1.2.3\n")
    return content.getvalue()


class Index(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(wheel())

    def log_message(self, *_: object) -> None:
        """Nothing: the tests' output is for their results."""


@pytest.fixture
def index() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=server.serve_forever).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def get_uv(monkeypatch: pytest.MonkeyPatch) -> GetUv:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    script: dict[str, Any] = runpy.run_path(str(SCRIPT))
    function: GetUv = script["get_uv"]
    # As on a machine where neither pip nor ensurepip is installed.
    monkeypatch.setitem(function.__globals__, "find_spec", lambda _name: None)
    return function


def lock(root: Path, url: str, digest: str) -> None:
    files = [
        f'{{ url = "{url}/uv-1.2.3-py3-none-{system}_{machine}.whl", hash = "sha256:{digest}" }},'
        for system in ("manylinux_2_17", "musllinux_1_1", "macosx_11_0")
        for machine in ("x86_64", "aarch64", "arm64")
    ]
    (root / "uv.lock").write_text(
        "\n".join(["[[package]]", 'name = "uv"', 'version = "1.2.3"', "wheels = [", *files, "]"])
    )


def test_without_pip_the_locked_file_is_fetched_once(index: str, get_uv: GetUv, tmp_path: Path) -> None:
    lock(tmp_path, index, hashlib.sha256(wheel()).hexdigest())
    uv = get_uv(tmp_path)
    assert uv.read_text() == "#!/bin/sh\necho uv 1.2.3\n"
    assert uv.stat().st_mode & 0o111
    lock(tmp_path, "http://127.0.0.1:9", "0")
    assert get_uv(tmp_path) == uv


def test_another_file_than_the_locked_one_is_refused(index: str, get_uv: GetUv, tmp_path: Path) -> None:
    lock(tmp_path, index, "0" * 64)
    with pytest.raises(SystemExit, match=r"not the file in uv\.lock"):
        get_uv(tmp_path)
    assert not list((tmp_path / ".uv").rglob("uv"))


def test_where_nothing_can_be_fetched_it_says_what_to_install(get_uv: GetUv, tmp_path: Path) -> None:
    lock(tmp_path, "http://127.0.0.1:9", "0" * 64)
    with pytest.raises(SystemExit, match="Install pip"):
        get_uv(tmp_path)
