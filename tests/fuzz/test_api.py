"""The whole API, asked by chance: nothing breaks it, and every answer is one that its document tells of."""

import asyncio
from collections import Counter
from copy import deepcopy
from typing import Any

import pytest
from schemathesis.core.failures import FailureGroup

from tests.cast import Member
from tests.fuzz.searching import search
from tests.fuzz.walking import Walk
from tests.writers import open_thread, write

SECONDS = 6.0


@pytest.fixture
async def document(client) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get("/api/openapi.json")).json()
    return found


@pytest.fixture
async def things(cast) -> dict[str, list[Any]]:
    posts = [await open_thread(author) for author in (cast.alice, cast.bob, cast.ada)]
    comments = [
        await write(author, post, "Words") for author in (cast.alice, cast.mallory) for post in posts[:2]
    ]
    members = [cast.alice.id, cast.bob.id, cast.mallory.id]
    names = [f"post:{posts[0]}", f"user:{cast.alice.id}", "moderation", "posts", "access", "post:0", "user:"]
    subjects = ["new", f"post:{posts[0]}", f"comment:{comments[0]}", f"reply:post:{posts[1]}", "user:x"]
    return {
        "post_id": posts, "comment_id": comments, "user_id": members, "channel": names, "subject": subjects,
    }  # fmt: skip


@pytest.mark.parametrize("name", [None, "alice", "ada"])
async def test_whatever_is_asked_is_answered_as_the_document_says(
    server, cast, document, things, name, minutes
):
    member: Member | None = getattr(cast, name) if name else None
    walk = Walk(server, member, things)
    await asyncio.to_thread(search, SECONDS * minutes, walk.cases(document), walk.step, repeatable=False)
    met = sum(walk.answers.values(), Counter[int]())
    assert met[200]
    assert (met[401] > met[200]) == (member is None), met


async def test_an_answer_that_the_document_does_not_tell_of_is_noticed(server, cast, document, things):
    """Each of these holds for some answer of every walk."""
    for spoil in (_forget_statuses, _demand_more):
        spoiled = deepcopy(document)
        spoil(spoiled)
        walk = Walk(server, cast.alice, things)
        with pytest.raises(FailureGroup):
            await asyncio.to_thread(search, 60, walk.cases(spoiled), walk.step, repeatable=False)


def _forget_statuses(document: dict[str, Any]) -> None:
    for item in document["paths"].values():
        for operation in item.values():
            for status in ("400", "404", "422"):
                operation["responses"].pop(status, None)


def _demand_more(document: dict[str, Any]) -> None:
    for schema in document["components"]["schemas"].values():
        schema.setdefault("required", []).append("what_nobody_has")
