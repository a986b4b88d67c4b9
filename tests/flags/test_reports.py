"""Members tell the moderators of what should not be: of what, by whom, how often, and what is refused."""

import asyncio

import httpx
import pytest

from app.accounts.sessions import find_viewer
from app.database.engine import DB
from app.flags.schemas import NewFlag
from app.flags.services import report as report_as
from app.web.errors import Suspended
from tests.api import BASE, fields, refused, shown
from tests.cast import Cast
from tests.flags.reporting import decide, listed, report
from tests.tokens import lend
from tests.writers import open_thread, write


async def test_a_post_a_comment_and_a_member_are_reported(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    comment = await write(cast.alice, post, "Buy this.")
    bob = as_(cast.bob)
    made = await report(bob, f"comment:{comment}", "abuse", note="  It is rude.  ")
    assert made == {
        "id": made["id"],
        "subject": {"type": "comment", "id": comment, "url": f"/comments/{comment}"},
        "reason": "abuse",
        "note": "It is rude.",
        "status": "open",
        "reporter": {
            "id": cast.bob.id,
            "username": "bob",
            "name": "Bob",
            "avatar_url": None,
            "role": "member",
        },
        "resolver": None,
        "resolved_at": None,
        "created_at": made["created_at"],
    }
    of_post = await report(bob, f"post:{post}", note="  ")
    assert (of_post["subject"]["url"], of_post["note"]) == (f"/posts/{post}/a-thread-to-write-in", None)
    of_alice = await report(bob, f"user:{cast.alice.id}", "other")
    assert of_alice["subject"] == {"type": "user", "id": cast.alice.id, "url": "/@alice"}
    assert await listed(as_(cast.mona)) == [of_alice, of_post, made]


async def test_the_same_again_is_the_first_until_it_is_decided(cast: Cast, as_) -> None:
    subject, bob = f"post:{await open_thread(cast.alice)}", as_(cast.bob)
    first = await report(bob, subject, "spam")
    assert await report(bob, subject, "abuse", 200, note="Once more") == first
    other = await report(as_(cast.mallory), subject)
    assert other["id"] != first["id"], "each says it for themself"
    await decide(as_(cast.mona), first["id"], "dismissed")
    anew = await report(bob, subject)
    assert anew["id"] not in {first["id"], other["id"]}
    assert await report(bob, subject, status=200) == anew


async def test_pressed_twice_at_once_it_is_one(cast: Cast, as_) -> None:
    subject, bob = f"post:{await open_thread(cast.alice)}", as_(cast.bob)
    body = {"subject": subject, "reason": "spam"}
    answers = await asyncio.gather(*(bob.post(f"{BASE}/flags", json=body) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.json()["data"]["id"] for answer in answers}) == 1
    assert len(await DB.fetch("SELECT FROM events WHERE channel = 'moderation'")) == 1


async def test_what_is_ones_own_cannot_be_reported(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    comment = await write(cast.alice, post, "Mine.")
    for subject in (f"post:{post}", f"comment:{comment}", f"user:{cast.alice.id}"):
        answer = await as_(cast.alice).post(f"{BASE}/flags", json={"subject": subject, "reason": "spam"})
        refused(answer, 409, "conflict")
    assert await DB.fetch("SELECT FROM flags") == []


async def test_what_one_may_not_see_and_what_is_gone_cannot_either(cast: Cast, as_) -> None:
    post, gone = await open_thread(cast.alice), await open_thread(cast.alice)
    comment, beneath = await write(cast.alice, post, "Gone soon."), await write(cast.alice, gone, "Beneath.")
    bob, mona = as_(cast.bob), as_(cast.mona)
    await as_(cast.alice).delete(f"{BASE}/comments/{comment}")
    await as_(cast.alice).delete(f"{BASE}/posts/{gone}")

    async def asked(client: httpx.AsyncClient, subject: str) -> httpx.Response:
        return await client.post(f"{BASE}/flags", json={"subject": subject, "reason": "spam"})

    for subject in (f"post:{gone}", f"comment:{beneath}", "post:999999", "comment:999999", "user:999999"):
        refused(await asked(bob, subject), 404, "not_found")
    refused(await asked(bob, f"comment:{comment}"), 409, "conflict")
    refused(await asked(mona, f"post:{gone}"), 409, "conflict")
    await report(mona, f"comment:{beneath}")


async def test_a_block_hinders_no_report(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    comment = await write(cast.alice, post, "Rude words.")
    bob = as_(cast.bob)
    shown(await bob.put(f"{BASE}/users/{cast.alice.id}/block"))
    for subject in (f"post:{post}", f"comment:{comment}", f"user:{cast.alice.id}"):
        await report(bob, subject)


async def test_only_who_is_signed_in_and_not_suspended_reports(cast: Cast, as_, client) -> None:
    body = {"subject": f"post:{await open_thread(cast.alice)}", "reason": "spam"}
    refused(await client.post(f"{BASE}/flags", json=body), 401, "unauthenticated")
    await DB.fetch("""INSERT INTO suspensions ("user", reason) VALUES ($1, 'Rude.')""", cast.bob.id)
    refused(await as_(cast.bob).post(f"{BASE}/flags", json=body), 403, "suspended")
    assert await DB.fetch("SELECT FROM flags") == []


async def test_the_service_itself_refuses_who_is_suspended(cast: Cast) -> None:
    post = await open_thread(cast.alice)
    await DB.fetch("""INSERT INTO suspensions ("user", reason) VALUES ($1, 'Rude.')""", cast.bob.id)
    viewer = await find_viewer(cast.bob.token)
    assert viewer is not None
    with pytest.raises(Suspended):
        await report_as(viewer, NewFlag(subject=f"post:{post}", reason="spam"))


async def test_what_is_wrong_is_said_all_at_once(as_, cast: Cast) -> None:
    body = {"subject": "thread:7", "reason": "boring", "note": "x" * 1001}
    errors = refused(
        await as_(cast.bob).post(f"{BASE}/flags", json=body), 422, "invalid", "not_a_choice", "too_long"
    )
    assert fields(errors) == {"subject": "invalid", "reason": "not_a_choice", "note": "too_long"}
    answer = await as_(cast.bob).post(f"{BASE}/flags", json={"status": "open"})
    refused(answer, 400, "unknown_field")


@pytest.mark.parametrize(
    "subject", ["", "post:", "post:0", "post:042", "post:42 ", "new", "post:9" + "9" * 18]
)
async def test_what_names_nothing_is_invalid(as_, cast: Cast, subject: str) -> None:
    answer = await as_(cast.bob).post(f"{BASE}/flags", json={"subject": subject, "reason": "spam"})
    assert answer.status_code == 422, answer.text


async def test_a_program_reports_with_the_scope_to_write(cast: Cast, client) -> None:
    body = {"subject": f"post:{await open_thread(cast.alice)}", "reason": "spam"}
    reads, writes = (await lend(cast.bob, "read")).header, (await lend(cast.bob, "write")).header
    refused(await client.post(f"{BASE}/flags", json=body, headers=reads), 403, "scope")
    shown(await client.post(f"{BASE}/flags", json=body, headers=writes), 201)


async def test_reporting_without_end_is_slowed_down(cast: Cast, serve) -> None:
    server = serve(rate_limits="on", limit_flagging="2/hour")
    posts = [await open_thread(cast.alice) for _ in range(3)]
    async with server.client(cast.bob.token) as bob, server.client(cast.mallory.token) as mallory:
        for post in posts[:2]:
            await report(bob, f"post:{post}")
        body = {"subject": f"post:{posts[2]}", "reason": "spam"}
        refused(await bob.post(f"{BASE}/flags", json=body), 429, "rate_limited")
        await report(mallory, f"post:{posts[2]}")
