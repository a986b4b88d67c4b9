"""What `make run` promises: it starts, stops, survives, and says in one line why it cannot."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from app.bundled import tether
from app.bundled.process import free_port
from app.listen import bind
from tests.processes import alive, wait_until
from tests.running import Run

SECRET = "a long enough secret"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all: what a start finds there is what the last one left."""
    return tmp_path_factory.mktemp("run")


@contextmanager
def running(data: Path, *prefix: str) -> Iterator[Run]:
    with Run(data, *prefix) as run:
        yield run.ready()


@pytest.fixture(scope="module")
def shared(data: Path) -> Iterator[Run]:
    """One run for several tests: they may kill what it keeps running, not the run itself."""
    with running(data) as run:
        yield run


def sign_up(run: Run, name: str) -> int:
    email = f"{name}@example.com"
    return run.post(
        "/api/v1/registrations", username=name, name=name, email=email, password=SECRET
    ).status_code


def sign_in(run: Run, name: str) -> int:
    return run.post("/api/v1/session", email=f"{name}@example.com", password=SECRET).status_code


def refusal(data: Path, command: str = "dev", **variables: Any) -> str:
    """The one line with which a start that cannot be ends."""
    with Run(data, command=command, **variables) as run:
        assert run.wait() == 1
        lines = [line for line in run.output().splitlines() if line and not line.startswith("Starting ")]
    assert len(lines) == 1, lines
    return lines[0]


def last_words(page: ClientConnection) -> str:
    said = ""
    with suppress(ConnectionClosed):
        while True:
            said = str(page.recv(timeout=30))
    return said


def test_it_answers_and_ctrl_c_leaves_nothing(data: Path) -> None:
    with running(data) as run:
        assert run.get("/").status_code == 200
        everyone = run.family()
        assert len(everyone) > 4
        run.press_ctrl_c()
        wait_until(run.exited, "it has stopped", patience=5)
        assert run.wait() == 0
        assert not alive(everyone)
        assert "Traceback" not in run.output()


def test_ctrl_c_says_goodbye_to_the_pages_that_are_open(data: Path) -> None:
    with running(data) as run, ExitStack() as stack:
        pages = [
            stack.enter_context(connect(f"ws://127.0.0.1:{run.port}/live", proxy=None)) for _ in range(3)
        ]
        run.press_ctrl_c()
        for page in pages:
            assert '"type":"bye","reason":"shutdown"' in last_words(page)
            assert page.close_code == 4001
        wait_until(run.exited, "it has stopped")
        assert run.wait() == 0


def test_killed_it_leaves_nothing_and_the_next_start_has_what_was_written(data: Path) -> None:
    with running(data) as run:
        assert sign_up(run, "alice") == 201
        everyone = run.family()
        run.kill()
        wait_until(lambda: not alive(everyone), "nothing of it is left", patience=5)
    with running(data) as run:
        assert sign_in(run, "alice") == 200
        assert sign_up(run, "bob") == 201
        for pid in run.family():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    with running(data) as run:
        assert (sign_in(run, "alice"), sign_in(run, "bob")) == (200, 200)


def test_it_ends_with_the_make_that_started_it(data: Path) -> None:
    tied = [sys.executable, "-I", "-S", tether.__file__, "0", "15", "-1", "-1"]
    make = ["sh", "-c", '"$@"; exit $?', "sh"]
    with running(data, *make, *tied) as run:
        everyone = run.family()
        run.kill()
        wait_until(lambda: not alive(everyone), "nothing of it is left", patience=10)


@pytest.mark.parametrize("part", ["app.cli serve", "app.cli worker", r"bin/postgres -D", "valkey-server"])
def test_a_part_that_is_killed_is_started_again(shared: Run, part: str) -> None:
    before = shared.member(part)
    assert before
    said = shared.output().count("Starting it again")
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: shared.output().count("Starting it again") > said, "it says so")
    wait_until(lambda: shared.member(part) not in {before, None}, "it runs again")
    wait_until(shared.answers, "the site answers, nothing degraded")


def test_a_second_start_on_the_same_data_is_refused(shared: Run, data: Path) -> None:
    assert f"already runs on {data} (process {shared.pid})" in refusal(data)
    assert shared.answers()


def test_a_taken_port_names_the_setting(tmp_path: Path) -> None:
    with bind("127.0.0.1", 0) as other:
        other.listen()
        port = other.getsockname()[1]
        assert f"Port {port} is taken" in (line := refusal(tmp_path, PORT=port))
        assert "PORT=" in line


def test_an_unknown_variable_is_named(tmp_path: Path) -> None:
    assert "HUBBUB_COLOUR" in refusal(tmp_path, HUBBUB_COLOUR="green")


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        (
            {"DATABASE_URL": "mysql://127.0.0.1/hubbub"},
            "DATABASE_URL is not a URL that starts with postgresql://",
        ),
        ({"REDIS_URL": "127.0.0.1:6379"}, "REDIS_URL is not a URL that starts with redis://"),
        ({"HOST": "192.0.2.1"}, "HOST=192.0.2.1"),
        ({"PORT": "http"}, "PORT="),
    ],
)
def test_a_bad_value_is_named(tmp_path: Path, variables: dict[str, str], said: str) -> None:
    assert said in refusal(tmp_path, **variables)


def test_servers_that_do_not_answer_are_named_without_their_passwords(tmp_path: Path) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    here = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
    database = refusal(tmp_path, **{**here, "DATABASE_URL": f"postgresql://me:secret@{nowhere}/hubbub"})
    assert f"PostgreSQL at {nowhere}" in database
    assert "secret" not in database
    redis = refusal(tmp_path, **{**here, "REDIS_URL": f"redis://:secret@{nowhere}/0"})
    assert f"Redis at {nowhere}" in redis
    assert "secret" not in redis


@pytest.mark.parametrize("command", ["serve", "worker", "migrate"])
def test_each_command_wants_a_database(tmp_path: Path, command: str) -> None:
    assert "DATABASE_URL is not set" in refusal(tmp_path, command=command)


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The URL of a database of the test's own."""
    asyncio.run(execute(os.environ["DATABASE_URL"], "CREATE DATABASE elsewhere"))
    yield urlsplit(os.environ["DATABASE_URL"])._replace(path="/elsewhere").geturl()
    asyncio.run(execute(os.environ["DATABASE_URL"], "DROP DATABASE elsewhere WITH (FORCE)"))


async def execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


@pytest.mark.parametrize("command", ["dev", "serve", "worker", "migrate"])
def test_a_database_that_may_lose_what_it_acknowledged_is_refused(
    tmp_path: Path, elsewhere: str, command: str
) -> None:
    asyncio.run(execute(elsewhere, "ALTER DATABASE elsewhere SET synchronous_commit = off"))
    line = refusal(tmp_path, command, DATABASE_URL=elsewhere, REDIS_URL=os.environ["REDIS_URL"])
    assert "synchronous_commit=off" in line


def test_a_failed_migration_says_what_failed_and_starts_nothing(tmp_path: Path, elsewhere: str) -> None:
    asyncio.run(execute(elsewhere, "CREATE TABLE users (of_another_program int)"))
    line = refusal(tmp_path, DATABASE_URL=elsewhere, REDIS_URL=os.environ["REDIS_URL"])
    assert line.startswith("hubbub: A migration failed")
    assert '"users" already exists' in line


def test_a_place_that_is_not_ours_to_write_is_named(tmp_path: Path) -> None:
    # Nobody can make a folder there, root included.
    assert "/proc/hubbub" in refusal(
        Path("/proc/hubbub") if Path("/proc").exists() else Path("/dev/fd/hubbub")
    )


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A disk without room: a real one where we may mount, else a limit on the size of files."""
    if (
        os.geteuid() == 0
        and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=3m", "hubbub-test", str(tmp_path)], check=False
        ).returncode
        == 0
    ):
        yield tmp_path
        subprocess.run(["umount", str(tmp_path)], check=True)
    else:
        yield tmp_path


def test_a_full_disk_is_named(full: Path) -> None:
    limited = [] if os.path.ismount(full) else ["sh", "-c", 'ulimit -f 2000; exec "$@"', "sh"]
    with Run(full, *limited) as run:
        assert run.wait() == 1
        said = run.output()
    assert "Traceback" not in said
    last = said.splitlines()[-1]
    assert last.startswith(
        f"hubbub: The disk that holds {full}/postgres is full." if not limited else "hubbub: "
    )
