"""The log of moderation: whole, for good, and for moderators alone."""

from collections.abc import Callable

import asyncpg
import httpx
import pytest

from app.database.engine import DB
from app.moderation.log import write_action
from tests.api import shown
from tests.cast import Cast, Member
from tests.inside import cost
from tests.writers import open_thread, write

Clients = Callable[[Member], httpx.AsyncClient]
LOG = "/api/v1/moderation/log"


async def test_decisions_about_members_are_in_it(cast: Cast, as_: Clients) -> None:
    mona, ada, bob = as_(cast.mona), as_(cast.ada), cast.bob
    shown(await mona.put(f"/api/v1/users/{bob.id}/suspension", json={"until": None, "reason": " Rude. "}))
    assert (await mona.delete(f"/api/v1/users/{bob.id}/suspension")).status_code == 204
    shown(await ada.put(f"/api/v1/users/{bob.id}/role", json={"role": "moderator"}))
    shown(await ada.put(f"/api/v1/users/{bob.id}/admin-notes", json={"text": "Only admins see this."}))
    assert (await ada.delete(f"/api/v1/users/{cast.mallory.id}")).status_code == 204
    lines = shown(await mona.get(LOG))
    assert [(line["actor"]["username"], line["action"], line["reason"]) for line in lines] == [
        ("ada", "account_deleted", None),
        ("ada", "made_moderator", None),
        ("mona", "unsuspended", None),
        ("mona", "suspended", "Rude."),
    ]
    assert lines[1]["subject"] == {"type": "user", "id": bob.id, "title": "Bob", "url": "/@bob"}
    assert (lines[0]["subject"]["id"], lines[0]["subject"]["title"]) == (cast.mallory.id, None)


async def test_what_changes_nothing_is_not_in_it(cast: Cast, as_: Clients) -> None:
    mona, ada, bob = as_(cast.mona), as_(cast.ada), cast.bob
    assert (await mona.delete(f"/api/v1/users/{bob.id}/suspension")).status_code == 204
    shown(await ada.put(f"/api/v1/users/{bob.id}/role", json={"role": "member"}))
    assert shown(await mona.get(LOG)) == []


async def test_it_is_read_page_by_page_and_by_kind(cast: Cast, as_: Clients) -> None:
    post = await open_thread(cast.alice)
    comment = await write(cast.bob, post, "words")
    for number, noun in ((post, "post"), (comment, "comment"), (cast.bob.id, "user"), (post, "post")):
        await write_action(cast.mona.viewer, "removed", noun, number)  # type: ignore[arg-type]
    mona = as_(cast.mona)
    first = (await mona.get(f"{LOG}?limit=3")).json()
    rest = (await mona.get(f"{LOG}?limit=3&cursor={first['meta']['next_cursor']}")).json()
    kinds = [line["subject"]["type"] for line in first["data"] + rest["data"]]
    assert (kinds, rest["meta"]) == (["post", "user", "comment", "post"], {"next_cursor": None})
    assert [line["subject"]["id"] for line in shown(await mona.get(f"{LOG}?kind=comment"))] == [comment]
    assert (await mona.get(f"{LOG}?cursor=x")).status_code == 422


async def test_it_is_for_moderators_alone(cast: Cast, as_: Clients) -> None:
    assert (await as_(cast.bob).get(LOG)).status_code == 403
    assert (await as_(cast.bob).get("/moderation")).status_code == 403
    assert "/moderation" not in (await as_(cast.bob).get("/")).text
    assert 'href="/moderation"' in (await as_(cast.mona).get("/")).text


async def test_the_page_says_who_did_what_and_why(cast: Cast, as_: Clients) -> None:
    mona, post = as_(cast.mona), await open_thread(cast.alice)
    assert "Nothing has been done yet" in (await mona.get("/moderation/log")).text
    await write_action(cast.mona.viewer, "removed", "post", post, "Off & on.")
    page = (await mona.get("/moderation/log")).text
    assert "Off &amp; on." in page
    assert f'href="/posts/{post}/a-thread-to-write-in"' in page
    assert "Off &amp; on." not in (await mona.get("/moderation/log?kind=user")).text
    assert "The log ends here" in (await mona.get("/moderation/log?cursor=1")).text


async def test_a_page_of_it_takes_two_statements_however_long_it_is(cast: Cast) -> None:
    costs = []
    for _ in range(2):
        await write_action(cast.mona.viewer, "made_member", "user", cast.bob.id)
        costs.append((await cost("/moderation/log", cast.mona), await cost(LOG, cast.mona)))
    assert costs == [(2, 2), (2, 2)]


@pytest.mark.parametrize("sql", ["UPDATE moderation_actions SET actor = 1", "DELETE FROM moderation_actions"])
async def test_nothing_in_it_changes_or_goes(cast: Cast, sql: str) -> None:
    await write_action(cast.mona.viewer, "removed", "post", 1)
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await DB.fetch(sql)


async def test_it_outlives_the_account_of_who_acted(cast: Cast, as_: Clients) -> None:
    await write_action(cast.mona.viewer, "removed", "user", cast.bob.id)
    assert (await as_(cast.ada).delete(f"/api/v1/users/{cast.mona.id}")).status_code == 204
    lines = shown(await as_(cast.ada).get(LOG))
    assert [line["actor"] and line["actor"]["username"] for line in lines] == ["ada", None]
