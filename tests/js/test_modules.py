"""The unit tests of the browser code, by Node's own runner: `node --test tests/js` runs them too.

The Node is the one that Playwright brings along, so that a machine without one runs them as well.
"""

import asyncio
import subprocess
from pathlib import Path

import playwright
import pytest

from tests.cast import Cast
from tests.serving import Server
from tests.writers import open_thread, write

ROOT = Path(__file__).parent.parent.parent
NODE = Path(playwright.__file__).parent / "driver" / "node"


def test_the_modules_pass_their_own_tests() -> None:
    files = sorted((ROOT / "tests/js").glob("*.test.js"))
    run = subprocess.run(
        [NODE, "--test", "--test-reporter=tap", *files], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout
    written = sum(path.read_text().count("\ntest(") for path in files)
    passed = int(run.stdout.rpartition("\n# pass ")[2].partition("\n")[0])
    assert passed >= written > 0


@pytest.mark.parametrize("way", ["socket", "poll"])
async def test_a_program_follows_a_thread(server: Server, cast: Cast, way: str) -> None:
    """What others may do with the module: it asks for no browser."""
    post = await open_thread(cast.alice)
    program = await asyncio.create_subprocess_exec(
        NODE, ROOT / "tests/js/follow.mjs", server.url, f"post:{post}", "2", way, stdout=subprocess.PIPE
    )
    assert program.stdout is not None
    assert await program.stdout.readline() == b"live\n"
    await write(cast.bob, post, "One")
    await write(cast.bob, post, "Two")
    heard, _ = await asyncio.wait_for(program.communicate(), 30)
    assert [line for line in heard.decode().split("\n") if line and line != "live"] == [
        "1 comment.created",
        "2 comment.created",
    ]
    assert program.returncode == 0, "it ends by itself once it is closed"
