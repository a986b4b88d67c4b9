"""One member who writes: posts, answers, changes, removes, restores, reacts, and repeats what was not answered."""

import asyncio
import random
from contextlib import suppress
from time import monotonic
from typing import Any

import httpx

from tests.chaos.ledger import Deed, Ledger, Thing
from tests.chaos.scene import Person, Scene

TRIES = 40
ANSWER_SECONDS = 8.0
GIVES_UP = 0.04
REST_SECONDS = 30.0
POSTS = 40
PAUSE = (0.1, 0.9)
KINDS = ("like", "love", "wow")
Answer = dict[str, Any]


class Writer:
    """Owns what it writes: one request at a time, so that what is asked for has an order."""

    def __init__(
        self, scene: Scene, number: int, client: httpx.AsyncClient, ledger: Ledger, pool: list[Thing]
    ) -> None:
        self._number = number
        self._draw = random.Random(f"{scene.seed}:{number}")
        self._person: Person = scene.guests.writers[number]
        self._threads = scene.guests.threads
        self._fronts = [*scene.fronts, *scene.fronts, *scene.lines]
        self._client, self._ledger, self._pool = client, ledger, pool
        self._mine: dict[str, list[Thing]] = {"comment": [], "post": []}
        self._count = 0
        self._acts = [self._comment] * 8 + [self._edit] * 3 + [self._remove] * 2 + [self._restore] * 2
        self._acts += [self._react] * 3 + [self._invite] + ([self._post] * 4 if number < 3 else [])

    async def write(self) -> None:
        while True:
            await self._draw.choice(self._acts)()
            await asyncio.sleep(self._draw.uniform(*PAUSE))

    def forget(self, moment: float) -> None:
        """Never again touch what was touched since: its number may be another's by now."""
        for kind, things in self._mine.items():
            self._mine[kind] = [thing for thing in things if not thing.touched_since(moment)]

    async def _comment(self) -> None:
        thread = self._draw.choice(self._threads)
        parents = self._mine["comment"][-5:]
        parent = self._draw.choice(parents) if parents and self._draw.random() < 0.2 else None
        thing = self._new("comment")
        body: Answer = {"body": f"words {thing.key}", "key": thing.key}
        if parent is not None:
            answer = await self._ask("GET", f"comments/{parent.id}")
            thread = thread if answer is None else answer["post_id"]
            body |= {"parent_id": None if answer is None else parent.id}
        await self._create(thing, f"posts/{thread}/comments", body, (body["body"], False))

    async def _post(self) -> None:
        if len(self._mine["post"]) >= POSTS:
            return
        thing = self._new("post")
        body = {"title": f"Post {thing.key}", "body": f"words {thing.key}", "key": thing.key}
        await self._create(thing, "posts", body, (body["body"], False))

    async def _edit(self) -> None:
        thing = self._own(removed=False)
        if thing:
            self._count += 1
            words = f"words {thing.key} again {self._count}"
            await self._do(thing, "PATCH", f"{thing.kind}s/{thing.id}", {"body": words}, (words, False))

    async def _remove(self) -> None:
        thing = self._own(removed=False)
        if thing:
            await self._do(thing, "DELETE", f"{thing.kind}s/{thing.id}", None, (_last(thing)[0], True))

    async def _restore(self) -> None:
        thing = self._own(removed=True)
        if thing:
            await self._do(
                thing, "DELETE", f"{thing.kind}s/{thing.id}/removal", None, (_last(thing)[0], False)
            )

    async def _react(self) -> None:
        if not self._pool:
            return
        comment, kind = self._draw.choice(self._pool[-50:]), self._draw.choice(KINDS)
        # Not its number, which another comment may have after a restore.
        key = f"{comment.key}:{kind}"
        thing = next((t for t in self._mine.setdefault("reaction", []) if t.key == key), None)
        if thing is None:
            thing = Thing("reaction", self._person.id, key, comment.id)
            self._mine["reaction"].append(thing)
            self._ledger.things.append(thing)
        if thing.deeds and not thing.is_known(monotonic()):
            return
        wanted = not (thing.deeds and thing.deeds[-1].state)
        method = "PUT" if wanted else "DELETE"
        await self._do(
            thing, method, f"comments/{comment.id}/reactions/{kind}", None, True if wanted else None
        )

    async def _invite(self) -> None:
        """Somebody signs up: a mail is to be written to them later."""
        self._count += 1
        name = f"newcomer_{self._number}_{self._count}"
        fields = {
            "username": name,
            "name": name,
            "email": f"{name}@example.org",
            "password": f"pass phrase of {name}",
        }
        # With cookies of their own.
        async with httpx.AsyncClient(timeout=ANSWER_SECONDS, trust_env=False) as client:
            with suppress(httpx.TransportError, OSError):
                await client.post(f"{self._draw.choice(self._fronts)}/api/v1/registrations", json=fields)

    def _new(self, kind: str) -> Thing:
        self._count += 1
        thing = Thing(kind, self._person.id, f"{self._person.name}-{self._count}")
        self._ledger.things.append(thing)
        return thing

    def _own(self, *, removed: bool) -> Thing | None:
        """One of the latest of our own of which we know how it is."""
        things = self._mine["comment"][-40:] + self._mine["post"][-10:]
        known = [t for t in things if t.is_known(monotonic()) and _last(t)[1] is removed]
        return self._draw.choice(known) if known else None

    async def _create(self, thing: Thing, path: str, body: Answer, state: tuple[str, bool]) -> None:
        answer = await self._do(thing, "POST", path, body, state)
        if answer is not None:
            thing.id = answer["id"]
            self._mine[thing.kind].append(thing)
            if thing.kind == "comment":
                self._pool.append(thing)

    async def _do(
        self, thing: Thing, method: str, path: str, body: Answer | None, state: Any
    ) -> Answer | None:
        """Ask until there is an answer; the data of it, None when it was refused or given up."""
        deed = Deed(state, monotonic())
        thing.deeds.append(deed)
        answer = await self._ask(method, path, body, deed)
        if deed.doubtful:
            # A try that was not answered may be carried out yet, by a process that was stopped.
            thing.rests_until = monotonic() + REST_SECONDS
        if answer is not None:
            self._ledger.acknowledged += 1
        elif not deed.doubtful:
            self._ledger.refused += 1
            thing.deeds.remove(deed)
        return answer

    async def _ask(
        self, method: str, path: str, body: Answer | None = None, deed: Deed | None = None
    ) -> Answer | None:
        deed = deed or Deed(None, monotonic())
        for _ in range(TRIES):
            # Until the answer is there nobody knows; also not when we are told to stop meanwhile.
            was_doubtful, deed.doubtful = deed.doubtful, True
            try:
                answer = await self._client.request(
                    method, f"{self._draw.choice(self._fronts)}/api/v1/{path}", json=body,
                    headers={"Cookie": f"hubbub_session={self._person.token}"},
                )  # fmt: skip
            except (httpx.TransportError, OSError):
                answer = None
            if answer is not None and answer.status_code < 300:
                deed.acked, deed.doubtful = monotonic(), was_doubtful
                return dict(answer.json()["data"] or {}) if answer.content else {}
            if answer is not None and answer.status_code in {403, 404, 409, 422}:
                deed.doubtful = was_doubtful
                return None
            if answer is not None and answer.status_code != 503:
                self._ledger.broken.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
            if self._draw.random() < GIVES_UP:
                return None
            await asyncio.sleep(self._draw.uniform(0.1, 0.5))
        return None


def _last(thing: Thing) -> Any:
    return thing.deeds[-1].state
