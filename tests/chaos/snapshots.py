"""Pages loaded afresh over HTTP; all who ask before a load begins share it."""

import asyncio
import random
from typing import Any

import httpx

from tests.chaos.scene import Scene
from tests.chaos.told import POSTS, Looks, looks_of

ANSWER_SECONDS = 8.0
PAUSE = 0.3


class Snapshots:
    """`fresh` is never older than the question."""

    def __init__(self, scene: Scene, client: httpx.AsyncClient) -> None:
        self._fronts, self._client = scene.fronts, client
        self._running: dict[str, asyncio.Task[dict[str, Looks]]] = {}
        self._next: dict[str, asyncio.Task[dict[str, Looks]]] = {}

    async def fresh(self, channel: str) -> dict[str, Looks]:
        """What a page of this channel shows, by thing."""
        if channel not in self._next:
            self._next[channel] = asyncio.create_task(self._after(self._running.get(channel), channel))
        return await asyncio.shield(self._next[channel])

    async def _after(self, before: asyncio.Task[dict[str, Looks]] | None, channel: str) -> dict[str, Looks]:
        if before is not None:
            await asyncio.wait([before])
        self._running[channel] = self._next.pop(channel)
        while True:
            try:
                return await self._load(channel)
            except (httpx.HTTPError, OSError):
                await asyncio.sleep(PAUSE)

    async def _load(self, channel: str) -> dict[str, Looks]:
        if channel == POSTS:
            return await self._load_posts()
        if not channel.startswith("post:"):
            return {}
        number = channel.partition(":")[2]
        things: dict[str, Looks] = {}
        after: int | None = 0
        while after is not None:
            page = await self._get(f"posts/{number}/comments?limit=100&after={after}")
            things |= {f"comment:{row['id']}": looks_of(row) for row in page["data"]}
            after = page["meta"]["next_after"]
        # Last, so that it cannot be older than the question that waits for it.
        return {channel: looks_of((await self._get(f"posts/{number}"))["data"]), **things}

    async def _load_posts(self) -> dict[str, Looks]:
        """All pages of the list; once more when it moved meanwhile, as then one may stand on none of them."""
        while True:
            first = await self._get("posts?sort=recent&per_page=100")
            rows = first["data"]
            for number in range(2, first["meta"]["pages"] + 1):
                rows += (await self._get(f"posts?sort=recent&per_page=100&page={number}"))["data"]
            posts = {f"post:{row['id']}": looks_of(row) for row in rows}
            last = await self._get("posts?sort=recent&per_page=1")
            if len(posts) == first["meta"]["total"] == last["meta"]["total"]:
                return posts

    async def _get(self, path: str) -> Any:
        answer = await self._client.get(f"{random.choice(self._fronts)}/api/v1/{path}")
        answer.raise_for_status()
        return answer.json()
