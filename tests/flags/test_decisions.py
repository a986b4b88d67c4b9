"""Moderators see what was reported and decide: once for all that was said of the same thing."""

import asyncio

from app.database.engine import DB
from tests.api import BASE, fields, refused, shown
from tests.cast import Cast
from tests.flags.reporting import decide, listed, report
from tests.inside import cost
from tests.live_client import LiveClient
from tests.tokens import lend
from tests.writers import open_thread


async def test_one_decision_is_for_all_that_was_said_of_the_same(cast: Cast, as_) -> None:
    post, other = await open_thread(cast.alice), await open_thread(cast.alice)
    first, second, elsewhere = [
        await report(as_(member), f"post:{number}")
        for member, number in ((cast.bob, post), (cast.mallory, post), (cast.bob, other))
    ]
    decided = await decide(as_(cast.mona), second["id"], "upheld")
    assert (decided["status"], decided["resolver"]["username"]) == ("upheld", "mona")
    assert decided["resolved_at"] >= decided["created_at"]
    assert [flag["id"] for flag in await listed(as_(cast.mona), status="open")] == [elsewhere["id"]]
    upheld = await listed(as_(cast.ada), status="upheld")
    assert [flag["id"] for flag in upheld] == [second["id"], first["id"]]
    assert await listed(as_(cast.mona), status="dismissed") == []
    (line,) = shown(await as_(cast.ada).get(f"{BASE}/moderation/log"))
    assert (line["actor"]["username"], line["action"]) == ("mona", "flag_upheld")
    assert (line["subject"]["type"], line["subject"]["id"]) == ("post", post)


async def test_the_same_decision_again_does_nothing_and_another_is_too_late(cast: Cast, as_) -> None:
    flag = await report(as_(cast.bob), f"post:{await open_thread(cast.alice)}")
    once = await decide(as_(cast.mona), flag["id"], "dismissed")
    later = await report(as_(cast.mallory), flag["subject"]["type"] + f":{flag['subject']['id']}")
    assert await decide(as_(cast.ada), flag["id"], "dismissed") == once
    assert len(shown(await as_(cast.ada).get(f"{BASE}/moderation/log"))) == 1
    late = await as_(cast.ada).patch(f"{BASE}/flags/{flag['id']}", json={"status": "upheld"})
    refused(late, 409, "conflict")
    assert [one["id"] for one in await listed(as_(cast.mona), status="open")] == [later["id"]]


async def test_of_two_who_decide_otherwise_at_once_one_is_too_late(cast: Cast, as_) -> None:
    flag = await report(as_(cast.bob), f"user:{cast.alice.id}")
    path = f"{BASE}/flags/{flag['id']}"
    answers = await asyncio.gather(
        as_(cast.mona).patch(path, json={"status": "upheld"}),
        as_(cast.ada).patch(path, json={"status": "dismissed"}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    told = await DB.fetch("SELECT FROM events WHERE kind = 'flag.resolved'")
    assert len(told) == 1


async def test_moderators_alone_see_and_decide(cast: Cast, as_, client) -> None:
    flag = await report(as_(cast.bob), f"post:{await open_thread(cast.alice)}")
    path, body = f"{BASE}/flags/{flag['id']}", {"status": "upheld"}
    for member in (cast.bob, cast.alice):
        refused(await as_(member).get(f"{BASE}/flags"), 403, "forbidden")
        refused(await as_(member).patch(path, json=body), 403, "forbidden")
    refused(await client.get(f"{BASE}/flags"), 401, "unauthenticated")
    refused(await client.patch(path, json=body), 401, "unauthenticated")
    weak, strong = [(await lend(cast.mona, "read", "write", *more)).header for more in ([], ["moderate"])]
    refused(await client.get(f"{BASE}/flags", headers=weak), 403, "forbidden")
    refused(await client.patch(path, json=body, headers=weak), 403, "forbidden")
    shown(await client.patch(path, json=body, headers=strong))


async def test_what_cannot_be_decided(cast: Cast, as_) -> None:
    flag = await report(as_(cast.bob), f"post:{await open_thread(cast.alice)}")
    mona = as_(cast.mona)
    refused(await mona.patch(f"{BASE}/flags/999999", json={"status": "upheld"}), 404, "not_found")
    for status in ("open", "gone", ""):
        answer = await mona.patch(f"{BASE}/flags/{flag['id']}", json={"status": status})
        assert fields(refused(answer, 422, "not_a_choice" if status else "required")) == {
            "status": "not_a_choice" if status else "required"
        }
    refused(await mona.get(f"{BASE}/flags?status=gone"), 422, "not_a_choice")


async def test_the_list_comes_in_pages_at_the_same_cost(cast: Cast, as_) -> None:
    await report(as_(cast.bob), f"post:{await open_thread(cast.alice)}")
    few = await cost(f"{BASE}/flags", cast.mona)
    for _ in range(4):
        await report(as_(cast.bob), f"post:{await open_thread(cast.alice)}")
    assert (few, await cost(f"{BASE}/flags", cast.mona)) == (3, 3)
    answer = await as_(cast.mona).get(f"{BASE}/flags?per_page=2&page=3&status=open")
    assert len(shown(answer)) == 1
    assert answer.json()["meta"] == {"page": 3, "per_page": 2, "total": 5, "pages": 3}


async def test_moderators_hear_of_each_report_and_each_decision(cast: Cast, as_, server) -> None:
    post = await open_thread(cast.alice)
    client = await LiveClient.open(server.live_url, origin=server.url, token=cast.mona.token)
    async with client as mona:
        before = (await mona.subscribe("moderation"))["seq"]
        made = [await report(as_(member), f"post:{post}") for member in (cast.bob, cast.mallory)]
        await decide(as_(cast.ada), made[0]["id"], "upheld")
        heard = await mona.hear_events("moderation", 4)
        assert [event["event"] for event in heard] == ["flag.created"] * 2 + ["flag.resolved"] * 2
        assert mona.seqs("moderation") == [before + number for number in (1, 2, 3, 4)]
    assert [event["data"] for event in heard[:2]] == made
    assert [event["data"] for event in heard[2:]] == list(reversed(await listed(as_(cast.mona))))


async def test_what_is_told_stays_when_the_thing_is_removed(cast: Cast, as_) -> None:
    """A removal blanks what was said of a post; what was said about it to moderators is theirs."""
    post = await open_thread(cast.alice)
    await report(as_(cast.bob), f"post:{post}", note="Look.")
    assert (await as_(cast.alice).delete(f"{BASE}/posts/{post}")).status_code == 204
    rows = await DB.fetch("SELECT data->>'note' AS note FROM events WHERE channel = 'moderation'")
    assert [row["note"] for row in rows] == ["Look."]
