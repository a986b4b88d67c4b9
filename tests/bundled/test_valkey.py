"""The bundled Valkey: private, at the port that was asked for, back after anything."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError
from redis.retry import Retry

from app.bundled import LaunchError, valkey
from tests.processes import alive, wait_until


@pytest.fixture
def server(tmp_path: Path) -> Iterator[valkey.Server]:
    running = valkey.start(tmp_path)
    yield running
    running.stop()


def test_it_wants_a_password(server: valkey.Server) -> None:
    with Redis.from_url(server.url) as known:
        assert known.ping()
    with Redis(port=server.port, retry=Retry(NoBackoff(), 0)) as unknown, pytest.raises(AuthenticationError):
        unknown.ping()


def test_it_keeps_what_it_held(server: valkey.Server, tmp_path: Path) -> None:
    with Redis.from_url(server.url) as client:
        client.set("kept", "42")
    server.stop()
    again = valkey.start(tmp_path, port=server.port)
    try:
        assert again.url == server.url
        with Redis.from_url(again.url) as client:
            assert client.get("kept") == b"42"
    finally:
        again.stop()


def test_killed_it_starts_again(server: valkey.Server, tmp_path: Path) -> None:
    os.kill(server.pid, signal.SIGKILL)
    wait_until(server.exited, "the killed server is gone")
    server.stop()
    again = valkey.start(tmp_path)
    assert alive({again.pid})
    again.stop()


def test_it_starts_empty_when_it_cannot_read_what_it_wrote(server: valkey.Server, tmp_path: Path) -> None:
    server.stop()
    for file in (tmp_path / "valkey/data/appendonlydir").glob("*.manifest"):
        file.write_text("not a manifest\n")
    again = valkey.start(tmp_path)
    try:
        with Redis.from_url(again.url) as client:
            assert client.dbsize() == 0
        assert (tmp_path / "valkey/unreadable").is_dir()
    finally:
        again.stop()


def test_a_taken_port_is_said(server: valkey.Server, tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match="Another program listens"):
        valkey.start(tmp_path / "other", port=server.port)


def test_a_second_server_on_the_same_data_is_refused(server: valkey.Server, tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match="in use by another Hubbub"):
        valkey.start(tmp_path)
    assert alive({server.pid})
