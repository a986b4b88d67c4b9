"""A process of readers or writers: told what to do over a pipe, gone when whoever started it is."""

import asyncio
import multiprocessing
import os
from collections.abc import Callable, Coroutine
from multiprocessing.connection import Connection
from typing import Any

ANSWER_SECONDS = 180.0

Play = Callable[..., Coroutine[Any, Any, None]]


class Line:
    """The end of the pipe that the process has."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    async def hear(self) -> tuple[Any, ...]:
        """The next thing to do, a word and its values; the process ends where the pipe does."""
        try:
            told: tuple[Any, ...] = await asyncio.to_thread(self._pipe.recv)
        except (EOFError, OSError):
            os._exit(1)
        return told

    def answer(self, value: object = None) -> None:
        self._pipe.send(value)


class Troupe:
    """The end of the pipe that the director has."""

    def __init__(self, play: Play, *setup: object) -> None:
        fresh = multiprocessing.get_context("spawn")
        self._pipe, theirs = fresh.Pipe()
        self._process = fresh.Process(target=_perform, args=(theirs, play, setup), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, *told: object) -> Any:
        """Have something done and wait for the answer."""
        self.tell(*told)
        return self.hear()

    def tell(self, *told: object) -> None:
        self._pipe.send(told)

    def hear(self) -> Any:
        if not self._pipe.poll(ANSWER_SECONDS):
            raise TimeoutError(f"No answer in {ANSWER_SECONDS:.0f} s.")
        return self._pipe.recv()

    def close(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()


def _perform(pipe: Connection, play: Play, setup: tuple[object, ...]) -> None:
    asyncio.run(play(Line(pipe), *setup))
