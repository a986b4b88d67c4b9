"""`hubbub tail`, as one types it."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from app.live.following import Event
from app.live.tail import readable, safe
from app.settings import child_environment
from tests.cast import Cast
from tests.saying import say, say_silently
from tests.serving import ROOT, Server, free_port
from tests.waiting import PATIENCE
from tests.writers import open_thread, write

Process = asyncio.subprocess.Process


def _heed_interrupts() -> None:
    """Who is started in the background of a shell ignores them, and all its children do."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@asynccontextmanager
async def tail(server_url: str, *words: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app.cli", "tail", *words, "--url", server_url, cwd=ROOT,
        env=child_environment() | {"NO_PROXY": "*"}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        preexec_fn=_heed_interrupts,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def lines(process: Process, count: int) -> list[str]:
    assert process.stdout is not None
    async with asyncio.timeout(2 * PATIENCE):
        return [(await process.stdout.readline()).decode().rstrip("\n") for _ in range(count)]


async def end(process: Process) -> tuple[int | None, str, str]:
    async with asyncio.timeout(2 * PATIENCE):
        said, complained = await process.communicate()
    return process.returncode, said.decode(), complained.decode()


async def test_it_shows_who_said_what(server: Server, cast: Cast) -> None:
    post = await open_thread(cast.alice, "Which tea?")
    await write(cast.bob, post, "Oolong, and with\nnothing in it.")
    async with tail(server.url, f"post:{post}", "--after", "0") as process:
        (line,) = await lines(process, 1)
        assert line[10:] == "comment.created   Bob: Oolong, and with nothing in it."
        assert "\x1b" not in line
        await write(cast.alice, post, "Water.")
        assert (await lines(process, 1))[0].endswith("Alice: Water.")
        process.send_signal(signal.SIGINT)
        assert await end(process) == (130, "", "")


async def test_lines_of_json_hold_all_of_it(server: Server, channel: str) -> None:
    await say_silently(channel, 600)
    async with tail(server.url, channel, "posts", "--json", "--after", "0") as process:
        told = [msgspec.json.decode(line) for line in await lines(process, 600)]
        own = [one for one in told if one["channel"] == channel]
        assert [one["seq"] for one in own] == list(range(1, len(own) + 1))
        assert set(own[0]) == {"type", "channel", "epoch", "seq", "event", "at", "data"}
        place = f"{own[-1]['epoch']}:{own[-1]['seq']}"
    await say(channel, "one more")
    async with tail(server.url, channel, "--json", "--after", place) as process:
        assert msgspec.json.decode((await lines(process, 1))[0])["seq"] == own[-1]["seq"] + 1


async def test_it_ends_when_there_is_nothing_to_follow(server: Server) -> None:
    async with tail(server.url, "post:999999999", "moderation") as process:
        status, said, complained = await end(process)
    assert (status, complained) == (1, "")
    assert "post:999999999: not_found" in said
    assert "moderation: not_found" in said


async def test_what_goes_wrong_at_the_start_is_one_line(server: Server, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("hub_none\n")
    nobody = f"http://127.0.0.1:{free_port()}"
    for url, words, said in (
        (nobody, (), f"Nothing answers at {nobody}"),
        (server.url, ("--after", "yesterday"), "--after yesterday is no place"),
        (server.url, ("--token-file", str(tmp_path / "none")), "The token cannot be read"),
        (server.url, ("--token-file", str(token)), "does not let us in: auth_failed (4401)"),
    ):
        async with tail(url, "posts", *words) as process:
            status, out, complained = await end(process)
        assert (status, out) == (1, "")
        assert complained.count("\n") == 1
        assert said in complained


async def test_it_ends_quietly_when_nobody_reads_on(server: Server, channel: str) -> None:
    await say_silently(channel, 3000, length=100)
    command = f"{sys.executable} -m app.cli tail {channel} --after 0 --url {server.url} | head -1"
    process = await asyncio.create_subprocess_shell(
        command, cwd=ROOT, env=child_environment() | {"NO_PROXY": "*"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said, complained = await end(process)
    assert said.count("\n") == 1
    assert complained == ""


def test_words_cannot_order_a_terminal_about() -> None:
    assert safe("a\x1b[2Jb\u202ec\r\n d") == "a [2Jb c d"
    assert safe("word " * 40).endswith("word w…")


def test_colours_are_for_terminals() -> None:
    event = Event(
        "posts", "e", 1, "post.removed", "2026-01-31T12:00:00.123Z", {"id": 4, "removed": gone("spam")}
    )
    assert (
        readable(event, many=True, colours=False)[10:]
        == "posts       post.removed      4 by its moderator: spam"
    )
    assert "\x1b[36mpost.removed" in readable(event, many=False, colours=True)


def gone(reason: str) -> dict[str, Any]:
    return {"by": "moderator", "reason": reason, "at": "2026-01-31T12:00:00.123Z"}
