"""`hubbub admin end-codes`, as a process of its own."""

import asyncio
import sys

from app.accounts.schemas import Credentials
from app.accounts.services import sign_in
from app.accounts.sessions import Client
from app.settings import child_environment
from tests.cast import PASSWORD, Cast
from tests.second_factor import codes_left, turn_on
from tests.serving import ROOT

COMMAND = [sys.executable, "-m", "app.cli", "admin", "end-codes"]


async def end(username: str) -> tuple[int, str]:
    """Exit status and all that it says."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND, username, cwd=ROOT, env=child_environment(),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def test_who_has_lost_everything_is_let_in_by_the_password_again(cast: Cast) -> None:
    await turn_on(cast.alice)
    await turn_on(cast.bob)
    assert await end("Alice") == (0, "Alice is asked for no code any more.\n")
    assert (await codes_left(cast.alice), await codes_left(cast.bob)) == (0, 3)
    credentials = Credentials(email=cast.alice.email, password=PASSWORD)
    assert (await sign_in(credentials, Client("", ""))).user.username == "alice"
    assert await end("alice") == (0, "alice was asked for no code.\n")
    assert await end("nobody") == (1, "hubbub: there is no member called nobody.\n")
