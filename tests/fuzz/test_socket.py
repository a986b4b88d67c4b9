"""Whatever is said on a socket: the server goes on, closes with a code that is known, and keeps nothing of it."""

import asyncio
import gc
import json
import logging
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from app.live.conversation import Conversation
from app.live.hub import Hub
from tests.cast import Cast
from tests.fuzz.line import Line
from tests.fuzz.searching import search
from tests.fuzz.talking import Say, utterances
from tests.live.inner import InProcess, running
from tests.live_client import LiveClient
from tests.tokens import lend
from tests.waiting import eventually
from tests.writers import open_thread, write

SECONDS = 5.0
# What the allocator keeps for later is no leak; a line that is never let go of shows after some hundred.
GROWTH = 24 * 2**20

# Who talks, by the name of what they come with; and what they say.
Talk = tuple[str, list[Say]]


@pytest.fixture
async def post(cast: Cast) -> int:
    post = await open_thread(cast.alice)
    await write(cast.bob, post, "Words")
    return post


@pytest.fixture
async def hub(database: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hub]:
    """One that forgets a channel as soon as nobody is on it."""
    monkeypatch.setattr("app.live.hub.LINGER_SECONDS", 0.0)
    running = Hub()
    await running.start()
    await eventually(lambda: running.listener.connected, "the hub hears Redis")
    yield running
    await running.stop()


@pytest.fixture
async def inner(hub: Hub) -> AsyncIterator[InProcess]:
    async with running(hub) as server:
        yield server


class Talkers:
    """Ways to come in, and up to four people at once who come in by them."""

    def __init__(self, url: str, cast: Cast, post: int, token: str, epoch: str) -> None:
        self._url, self._loop = url, asyncio.get_running_loop()
        self._ways = {
            "nobody": {},
            "alice": {"Cookie": f"hubbub_session={cast.alice.token}"},
            "program": {"Authorization": f"Bearer {token}"},
            "stranger": {"Authorization": "Bearer hub_none"},
        }
        channels = [
            f"post:{post}", "posts", f"user:{cast.alice.id}", "moderation", "access", "post:0", "", "post:x",
        ]  # fmt: skip
        says = st.lists(utterances(channels, [token, "hub_none", ""], epoch), max_size=12)
        self._talks = st.lists(st.tuples(st.sampled_from(sorted(self._ways)), says), min_size=1, max_size=4)

    async def talk(self, seconds: float) -> int:
        """As often as there is time for; how often."""
        return await asyncio.to_thread(search, seconds, self._talks, self._wait)

    def _wait(self, talks: list[Talk]) -> None:
        # The search runs on a thread of its own.
        asyncio.run_coroutine_threadsafe(self._together(talks), self._loop).result(120)

    async def _together(self, talks: list[Talk]) -> None:
        await asyncio.gather(*(self._one(who, says) for who, says in talks))

    async def _one(self, who: str, says: list[Say]) -> None:
        origin = self._url.replace("ws:", "http:").removesuffix("/live")
        line = await Line.open(self._url, {"Origin": origin, **self._ways[who]})
        assert line is not None
        for say in says:
            say.on(line)
            await line.drain()
        await line.finish()


async def test_no_talk_leaves_a_task_or_a_thing_behind(
    hub: Hub, inner: InProcess, cast: Cast, post: int, minutes: float, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    talkers = await talkers_of(inner.url, cast, post, hub.epoch)
    before = await what_is_left(hub, talkers, 1)
    after = await what_is_left(hub, talkers, SECONDS * minutes)
    assert after[0] == before[0]
    # Of some there is one more while it waits for the next to come.
    assert not {kind: count for kind, count in (after[1] - before[1]).items() if count > 1}
    assert not [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize(
    ("says", "code"),
    [([Say(b"\xc3")], 1007), ([Say(b"", fin=False), Say(b"", opcode=0, fin=False, times=300)], 1009)],
    ids=["no text", "too many pieces"],
)
async def test_what_once_broke_a_connection_is_refused_without_a_word_in_the_log(
    inner: InProcess, says: list[Say], code: int, caplog: pytest.LogCaptureFixture
) -> None:
    """With a goodbye in the same breath there was a traceback as well."""
    for at_once in (False, True):
        line = await Line.open(inner.url, {"Origin": f"http://127.0.0.1:{inner.config.port}"})
        assert line is not None
        for say in says:
            say.on(line)
        if not at_once:
            assert await line.closed() == code
        await line.finish()
    assert not caplog.records


async def test_what_is_left_behind_is_seen(
    hub: Hub, inner: InProcess, cast: Cast, post: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    talkers = await talkers_of(inner.url, cast, post, hub.epoch)
    before = await what_is_left(hub, talkers, 1)
    kept: list[Conversation] = []
    end = Conversation.end

    def keep(conversation: Conversation) -> None:
        kept.append(conversation)
        end(conversation)

    monkeypatch.setattr(Conversation, "end", keep)
    after = await what_is_left(hub, talkers, 1)
    assert after[1]["Conversation"] - before[1]["Conversation"] == len(kept) > 0


async def test_a_server_goes_on_whatever_is_said_to_it(serve, cast: Cast, post: int, minutes: float) -> None:
    server = serve(log_format="json")
    async with await LiveClient.open(server.live_url, origin=server.url) as witness:
        epoch = (await witness.subscribe(f"post:{post}"))["epoch"]
        talkers = await talkers_of(server.live_url, cast, post, epoch)
        await talkers.talk(SECONDS * minutes / 2)
        before = _resident(server.pid)
        assert await talkers.talk(SECONDS * minutes) > 0
        grown = _resident(server.pid) - before
        await write(cast.bob, post, "Still there?")
        await witness.hear_events(f"post:{post}", 1)
    levels = {json.loads(line)["level"] for line in server.output().splitlines()}
    assert not levels & {"error", "critical"}, server.output()
    assert grown < GROWTH, f"{grown / 2**20:.0f} MB"


async def talkers_of(url: str, cast: Cast, post: int, epoch: str) -> Talkers:
    return Talkers(url, cast, post, (await lend(cast.bob, "read", "write")).text, epoch)


async def what_is_left(hub: Hub, talkers: Talkers, seconds: float) -> tuple[int, Counter[str]]:
    """After so much talk: tasks, and things of ours, when their number moves no more."""
    assert await talkers.talk(seconds) > 0
    await eventually(lambda: not len(hub.connections), "all have gone")
    counted: list[tuple[int, Counter[str]]] = []

    def is_quiet() -> bool:
        counted.append((len(asyncio.all_tasks()), _things()))
        return len(counted) > 2 and counted[-1] == counted[-2] == counted[-3]

    # Whoever did not take our goodbye is waited for.
    await eventually(is_quiet, "the number of things settles", patience=30)
    return counted[-1]


def _things() -> Counter[str]:
    gc.collect()
    kinds = (type(thing) for thing in gc.get_objects())
    ours = ("app.live", "uvicorn", "websockets")
    return Counter(kind.__qualname__ for kind in kinds if str(kind.__module__).startswith(ours))


def _resident(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024
