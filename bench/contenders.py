"""Who is measured: Hubbub, and the peers of `recipes`, started and fed in the same few words."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import monotonic, monotonic_ns, sleep
from typing import Any

from app.bundled.process import free_port
from bench import hubbub, recipes
from bench.load import Load
from bench.machine import ONE, Process
from bench.recipes import Recipe

JOIN = '{"type":"subscribe","id":1,"channel":"post:{group}"}'
JOIN_AGAIN = '{"type":"subscribe","id":1,"channel":"post:{group}","epoch":"{epoch}","after":{seq}}'
SUBSCRIBED = '{"type":"subscribed"'
LISTEN = (
    "--header", "Sec-WebSocket-Protocol: hubbub.v1", "--event", '{"type":"event', "--sequence",
    "--answer", '{"type":"ping"', '{"type":"pong"}', "--wait", '{"type":"welcome"',
)  # fmt: skip
READ_POST = (*LISTEN, "--send", JOIN, "--wait", SUBSCRIBED, "--again", JOIN_AGAIN)


class Feed(ABC):
    """Says something to all readers; answers when it said it, one time for each event."""

    @abstractmethod
    def steadily(self, count: int, rate: float) -> list[int]:
        """One event after the other, `rate` a second."""

    @abstractmethod
    def in_bursts(self, size: int, times: int, gap: float) -> list[int]:
        """`size` events at once in Redis, then a pause of `gap` seconds, several times."""


class RedisFeed(Feed):
    """Publishes what the peer's own library would."""

    def __init__(self, redis: Any, recipe: Recipe) -> None:
        self._redis = redis
        self._channel, self._payload = recipe.channel, recipe.payload

    def steadily(self, count: int, rate: float) -> list[int]:
        began, times = monotonic(), []
        for number in range(count):
            sleep(max(0.0, began + number / rate - monotonic()))
            times.append(monotonic_ns())
            self._redis.publish(self._channel, self._payload)
        return times

    def in_bursts(self, size: int, times: int, gap: float) -> list[int]:
        said = []
        for _ in range(times):
            pipe = self._redis.pipeline(transaction=False)
            for _ in range(size):
                pipe.publish(self._channel, self._payload)
            said += [monotonic_ns()] * size
            pipe.execute()
            sleep(gap)
        return said


class WriterFeed(Feed):
    """Writes comments as Hubbub's service does; bursts are committed first and then put into Redis at once."""

    def __init__(self, writer: hubbub.Writer, posts: int = 1) -> None:
        self._writer = writer
        self._posts = posts

    def steadily(self, count: int, rate: float) -> list[int]:
        times: list[int] = self._writer.ask(do="comments", count=count, rate=rate, posts=self._posts)
        return times

    def in_bursts(self, size: int, times: int, gap: float) -> list[int]:
        said: list[int] = self._writer.ask(do="bursts", count=size, times=times, gap=gap)
        return said


class Running:
    """A contender that answers on `port`."""

    def __init__(self, process: Process, port: int, contender: "Contender") -> None:
        self.process, self.port = process, port
        self._contender = contender

    def readers(self, count: int, *more: str, options: Sequence[str] | None = None) -> Load:
        """So many readers, who join as usual, or as `options` say."""
        contender = self._contender
        chosen = contender.options if options is None else options
        return Load(self.port, contender.path, count, [*chosen, *more], contender.servers.log("load"))


class Contender:
    """Something to measure. Its `feed` works while it runs."""

    name: str
    title: str

    def __init__(self, servers: hubbub.Servers, recipe: Recipe) -> None:
        self.servers = servers
        self._recipe = recipe
        self.name, self.title = recipe.name, recipe.title
        self.path, self.options = recipe.path, recipe.options
        self.pace, self.flood = recipe.pace, recipe.flood
        self.feed: Feed = RedisFeed(servers.redis(), recipe)

    @contextmanager
    def run(self, cores: frozenset[int] = ONE) -> Iterator[Running]:
        """Raises Failed where it is not installed or does not start."""
        self._recipe.require()
        port = free_port()
        process = Process(
            self._recipe.command(self.servers, port), self.servers.log(self.name),
            cores=cores, env=recipes.environment(self._recipe, self.servers),
        )  # fmt: skip
        try:
            process.wait_for_port(port)
            yield Running(process, port, self)
        finally:
            process.stop()


class Hubbub(Contender):
    """The real thing: `hubbub serve`, PostgreSQL and a process that writes."""

    name, title = "hubbub", "Hubbub"

    def __init__(self, servers: hubbub.Servers, writer: hubbub.Writer, posts: int = 1) -> None:
        self.servers = servers
        self.path, self.options = "/live", READ_POST
        self.pace, self.flood = 50_000, 300
        self.feed = WriterFeed(writer, posts)

    @contextmanager
    def run(self, cores: frozenset[int] = ONE) -> Iterator[Running]:
        port = free_port()
        process = hubbub.serve(self.servers, port, cores)
        try:
            yield Running(process, port, self)
        finally:
            process.stop()
