"""`hubbub admin create`, as a process of its own."""

import asyncio
import os
import pty
import sys

import pytest

from app.accounts.schemas import Credentials
from app.accounts.services import sign_in
from app.accounts.sessions import Client
from app.database.engine import Engine
from app.settings import child_environment
from tests.cast import Cast
from tests.serving import ROOT

COMMAND = [sys.executable, "-m", "app.cli", "admin", "create"]
FLAGS = ["--username", "olga", "--name", "Olga", "--email", "Olga@Example.org"]
PASSWORD = "a sentence that is quite good"


async def create(*flags: str, piped: str = "", **settings: object) -> tuple[int, str]:
    """Exit status and all that it says."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND, *flags, cwd=ROOT, env=child_environment(**settings), stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate(piped.encode())
    assert process.returncode is not None
    return process.returncode, said.decode()


async def admins(database: Engine) -> list[str]:
    return [row["email"] for row in await database.fetch("SELECT email FROM users WHERE role = 'admin'")]


async def test_an_admin_is_made_who_can_sign_in(database: Engine) -> None:
    status, said = await create(*FLAGS, piped=f"{PASSWORD}\n")
    assert (status, said) == (0, "olga is an admin of Hubbub now.\n")
    assert await admins(database) == ["olga@example.org"]
    signed_in = await sign_in(Credentials(email="olga@example.org", password=PASSWORD), Client("", ""))
    assert (signed_in.user.role, signed_in.user.name) == ("admin", "Olga")
    assert signed_in.user.activated_at


@pytest.mark.parametrize(
    ("flags", "piped", "sentence"),
    [
        (FLAGS, "password123\n", "password: Many people use this password."),
        (FLAGS, "short\n", "password: Use at least 8 characters."),
        (FLAGS, "", "password:"),
        ([*FLAGS, "--username", "x"], f"{PASSWORD}\n", "username: Use at least 3 characters."),
        ([*FLAGS, "--email", "olga"], f"{PASSWORD}\n", "email: This does not look like an email address."),
        ([*FLAGS, "--username", "Alice"], f"{PASSWORD}\n", "username: That name is taken."),
        (["--username", "olga"], f"{PASSWORD}\n", "--email is missing"),
        ([*FLAGS, "--password", PASSWORD], "", "unrecognized arguments: --password"),
    ],
)
async def test_what_is_wrong_is_said_in_one_line(
    cast: Cast, database: Engine, flags: list[str], piped: str, sentence: str
) -> None:
    status, said = await create(*flags, piped=piped)
    assert status != 0
    assert sentence in said
    assert "Traceback" not in said
    assert await admins(database) == ["ada@example.org"]


async def test_without_a_database_it_says_so() -> None:
    status, said = await create(*FLAGS, piped=f"{PASSWORD}\n", database_url="postgresql://127.0.0.1:1/none")
    assert (status, said.count("\n")) == (1, 1)
    assert "cannot be used" in said


async def test_at_a_terminal_it_asks_and_shows_no_password(database: Engine) -> None:
    status, said = await asyncio.to_thread(
        at_a_terminal,
        {"Username": "olga", "E-mail": "olga@example.org", "Password": PASSWORD, "again": PASSWORD},
    )
    assert status == 0, said
    assert PASSWORD not in said
    assert await admins(database) == ["olga@example.org"]


async def test_two_passwords_that_differ_make_nothing(database: Engine) -> None:
    asked = {"Username": "olga", "E-mail": "olga@example.org", "Password": PASSWORD, "again": "another one"}
    status, said = await asyncio.to_thread(at_a_terminal, asked)
    assert status != 0
    assert "not the same" in said
    assert await admins(database) == []


def at_a_terminal(answers: dict[str, str]) -> tuple[int, str]:
    """Run it at a terminal of its own, and type each answer when its question stands there."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execve(COMMAND[0], COMMAND, child_environment())
    said, waiting = "", list(answers.items())
    while True:
        try:
            said += os.read(terminal, 1024).decode()
        except OSError:
            break
        if waiting and f"{waiting[0][0]}: " in said:
            os.write(terminal, waiting.pop(0)[1].encode() + b"\n")
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said
