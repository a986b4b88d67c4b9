"""Readers without a socket, for tests: by long poll, and by SSE as a browser's EventSource reads it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Self

import httpx

from tests.api import shown
from tests.frames import check_said
from tests.waiting import eventually

SSE = {"Accept": "text/event-stream"}


def address(channel: str) -> str:
    return f"/api/v1/channels/{channel}/events"


async def poll(
    client: httpx.AsyncClient, channel: str, **query: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The object, which is as it is described, and where to go on."""
    answer = await client.get(address(channel), params=query)
    data = shown(answer)
    check_said(data)
    return data, answer.json()["meta"]


@dataclass(frozen=True)
class Message:
    """`kind` is `message` where the stream names none."""

    kind: str
    id: str
    data: dict[str, Any]


class StreamClient:
    """One stream. `last_id` is what EventSource would send as `Last-Event-ID` when it comes back."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.fault: AssertionError | None = None
        self._messages: list[Message] = []
        self.comments = 0
        self.retry_ms = 0
        self.last_id = ""
        self.ended = False
        self._listening: asyncio.Task[None] | None = None

    @classmethod
    @asynccontextmanager
    async def open(
        cls, client: httpx.AsyncClient, channel: str, last_id: str = "", *, reads: bool = True, **query: Any
    ) -> AsyncIterator[Self]:
        """Who does not read yet may `listen` later; until then the line fills up."""
        headers = {**SSE, **({"Last-Event-ID": last_id} if last_id else {})}
        async with client.stream("GET", address(channel), params=query, headers=headers) as response:
            stream = cls(response)
            stream.last_id = last_id
            assert response.status_code == 200, await response.aread()
            if reads:
                stream.listen()
            yield stream
            await stream.stop()

    def listen(self) -> None:
        self._listening = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        assert not self.fault, self.fault

    @property
    def messages(self) -> list[Message]:
        """All of them. Raises AssertionError when one was not as it is described."""
        if self.fault is not None:
            raise self.fault
        return self._messages

    @property
    def events(self) -> list[dict[str, Any]]:
        return [message.data for message in self.messages if message.kind == "message"]

    @property
    def seqs(self) -> list[int]:
        return [event["seq"] for event in self.events]

    @property
    def position(self) -> tuple[str, int]:
        epoch, _, seq = self.last_id.rpartition(":")
        return epoch, int(seq)

    async def placed(self) -> Self:
        """Wait until it knows where it stands."""
        await eventually(lambda: self.last_id, "a position")
        return self

    async def hears(self, count: int, patience: float = 15) -> list[dict[str, Any]]:
        await eventually(lambda: len(self.events) >= count, f"{count} events", patience)
        return self.events

    async def hears_kind(self, kind: str) -> Message:
        def first() -> Message | None:
            return next((message for message in self.messages if message.kind == kind), None)

        message: Message = await eventually(first, f"a message {kind}")
        return message

    async def is_over(self) -> None:
        await eventually(lambda: self.ended, "the end of the stream")

    async def _listen(self) -> None:
        fields: dict[str, str] = {}
        with suppress(httpx.TransportError):
            async for line in self.response.aiter_lines():
                if not line:
                    self._dispatch(fields)
                    fields = {}
                elif line.startswith(":"):
                    self.comments += 1
                else:
                    name, _, value = line.partition(":")
                    fields[name] = value.removeprefix(" ")
        self.ended = True

    def _dispatch(self, fields: dict[str, str]) -> None:
        self.last_id = fields.get("id", self.last_id)
        self.retry_ms = int(fields.get("retry", self.retry_ms))
        if "data" in fields:
            kind = fields.get("event", "message")
            message = Message(kind, self.last_id, json.loads(fields["data"]))
            try:
                check_said(message.data)
            except AssertionError as fault:
                self.fault = fault
            self._messages.append(message)
