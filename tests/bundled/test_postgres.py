"""The bundled PostgreSQL: whole, private, alone on its data, and back after anything."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from app.bundled import LaunchError, folder, leftovers, postgres
from tests.processes import alive, family, wait_until

STARTER = """
import sys, time
from pathlib import Path
from app.bundled import postgres
print(postgres.start(Path(sys.argv[1])).pid, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all tests here: to make a cluster takes a second or two, to start it a moment."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def server(data: Path) -> Iterator[postgres.Server]:
    running = postgres.start(data)
    yield running
    running.stop()


async def ask(server: postgres.Server, sql: str) -> Any:
    connection = await asyncpg.connect(server.url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_it_keeps_what_it_acknowledges_and_sorts_alike_everywhere(server: postgres.Server) -> None:
    assert await ask(server, "SHOW fsync") == "on"
    assert await ask(server, "SHOW synchronous_commit") == "on"
    locale = await ask(
        server,
        "SELECT format('%s %s', datlocprovider, datlocale) FROM pg_database WHERE datname = current_database()",
    )
    assert locale == "b C.UTF-8"


async def test_a_wrong_password_is_refused(server: postgres.Server) -> None:
    assert await ask(server, "SELECT 1") == 1
    password = server.url.split(":")[2].split("@")[0]
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(server.url.replace(password, "guess"))


def test_only_its_owner_reads_the_password_and_the_data(server: postgres.Server, data: Path) -> None:
    assert (data / "postgres/password").stat().st_mode & 0o777 == 0o600
    assert (data / "postgres/data").stat().st_mode & 0o777 == 0o700


async def test_what_was_written_is_there_after_a_stop(server: postgres.Server, data: Path) -> None:
    await ask(server, "CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS number")
    server.stop()
    again = postgres.start(data)
    try:
        assert await ask(again, "SELECT number FROM kept") == 42
    finally:
        again.stop()


def test_a_second_server_on_the_same_data_is_refused(server: postgres.Server, data: Path) -> None:
    with pytest.raises(LaunchError, match="in use by another Hubbub"):
        postgres.start(data)
    assert alive({server.pid})


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process that has nothing to do with us."""
    process = subprocess.Popen(["sleep", "600"])
    yield process
    process.kill()
    process.wait()


async def test_a_killed_server_comes_back_and_no_stranger_is_harmed(
    server: postgres.Server, data: Path, stranger: subprocess.Popen[bytes]
) -> None:
    await ask(server, "CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS number")
    os.kill(server.pid, signal.SIGKILL)
    wait_until(server.exited, "the killed server is gone")
    server.stop()
    note = data / "postgres/data/postmaster.pid"
    lines = note.read_text().splitlines()
    note.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
    again = postgres.start(data)
    try:
        assert await ask(again, "SELECT number FROM kept") == 42
        assert stranger.poll() is None
    finally:
        again.stop()


def test_it_ends_with_a_parent_that_is_killed_and_starts_again(data: Path) -> None:
    starter = subprocess.Popen([sys.executable, "-c", STARTER, str(data)], stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    server = int(starter.stdout.readline())
    everyone = family(server)
    assert server in alive(everyone)
    starter.kill()
    starter.wait()
    # At once: the lock makes it wait for the other's end, however long that takes.
    again = postgres.start(data)
    try:
        assert not alive(everyone)
    finally:
        again.stop()
        starter.stdout.close()


def test_an_earlier_server_that_hangs_is_ended(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "PATIENCE", 0.2)
    monkeypatch.setattr(leftovers, "ENOUGH", 0.5)
    starter = subprocess.Popen([sys.executable, "-c", STARTER, str(data)], stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    server = int(starter.stdout.readline())
    everyone = family(server)
    for pid in everyone:
        os.kill(pid, signal.SIGSTOP)
    starter.kill()
    starter.wait()
    again = postgres.start(data)
    try:
        assert not alive(everyone)
    finally:
        again.stop()
        starter.stdout.close()


def test_a_first_start_that_was_cut_short_does_not_stand_in_the_way(tmp_path: Path) -> None:
    ruin = tmp_path / "postgres/data.new"
    ruin.mkdir(parents=True)
    (ruin / "PG_VERSION").write_text("18\n")
    server = postgres.start(tmp_path)
    try:
        assert alive({server.pid})
    finally:
        server.stop()


def test_a_broken_configuration_is_one_line(server: postgres.Server, data: Path) -> None:
    server.stop()
    configuration = data / "postgres/data/postgresql.conf"
    sound = configuration.read_text()
    configuration.write_text(sound + "no_such_setting = 1\n")
    try:
        with pytest.raises(LaunchError) as caught:
            postgres.start(data)
    finally:
        configuration.write_text(sound)
    assert "\n" not in str(caught.value)
    assert "configuration" in str(caught.value)
