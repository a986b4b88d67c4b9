"""Drafts through the API: kept, versioned, one's own."""

import asyncio
import re

import pytest

from app.database.engine import DB
from app.drafts import services
from tests.api import BASE, fields, refused, shown
from tests.tokens import lend
from tests.writers import open_thread, write

DRAFTS = f"{BASE}/drafts"
KEYS = {"subject", "title", "body", "tags", "version", "updated_at"}


async def subjects_of(cast):
    """Each kind of subject, as alice may write about it."""
    post = await open_thread(cast.alice)
    comment = await write(cast.alice, post, "words")
    nouns = (f"post:{post}", f"comment:{comment}")
    return ["new", *(f"{verb}:{noun}" for verb in ("reply", "edit") for noun in nouns)]


async def test_a_draft_of_each_kind_is_kept_as_it_was_written(alice, cast):
    for subject in await subjects_of(cast):
        words = {"title": "A ti", "body": "half a\nthought ", "tags": ["b"]}
        kept = shown(await alice.put(f"{DRAFTS}/{subject}", json=words))
        assert set(kept) == KEYS
        assert (kept["subject"], kept["version"]) == (subject, 1)
        assert {name: kept[name] for name in words} == words
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", kept["updated_at"])
        assert shown(await alice.get(f"{DRAFTS}/{subject}")) == kept


async def test_a_reply_has_no_title_and_no_tags(alice, cast):
    post = await open_thread(cast.bob)
    kept = shown(await alice.put(f"{DRAFTS}/reply:post:{post}", json={"body": "half"}))
    assert (kept["title"], kept["tags"]) == (None, [])


async def test_each_change_is_a_version_and_a_stale_one_gets_the_newer_draft(alice):
    first = shown(await alice.put(f"{DRAFTS}/new", json={"body": "one", "version": 0}))
    second = shown(await alice.put(f"{DRAFTS}/new", json={"body": "two", "version": first["version"]}))
    assert second["version"] == first["version"] + 1
    for stale in (0, first["version"], second["version"] + 1):
        answer = await alice.put(f"{DRAFTS}/new", json={"body": "three", "version": stale})
        refused_as_stale(answer, second)
    assert shown(await alice.get(f"{DRAFTS}/new")) == second


def refused_as_stale(answer, newer):
    assert answer.status_code == 409
    body = answer.json()
    assert (body["success"], [error["code"] for error in body["errors"]]) == (False, ["conflict"])
    assert body["data"] == newer


async def test_other_refusals_have_no_data(alice):
    assert "data" not in (await alice.get(f"{DRAFTS}/new")).json()


async def test_without_a_version_the_last_one_stands(alice):
    for body in ("one", "two"):
        kept = shown(await alice.put(f"{DRAFTS}/new", json={"body": body}))
    assert (kept["body"], kept["version"]) == ("two", 2)


async def test_a_repeat_whose_answer_was_lost_is_no_conflict(alice):
    change = {"title": "A", "body": "one", "tags": ["tea"], "version": 0}
    first = shown(await alice.put(f"{DRAFTS}/new", json=change))
    assert shown(await alice.put(f"{DRAFTS}/new", json=change)) == first


async def test_of_two_devices_at_once_one_is_told(alice):
    shown(await alice.put(f"{DRAFTS}/new", json={"body": "begun"}))
    answers = await asyncio.gather(
        *(alice.put(f"{DRAFTS}/new", json={"body": f"device {n}", "version": 1}) for n in range(6))
    )
    taken = [shown(answer) for answer in answers if answer.status_code == 200]
    assert len(taken) == 1
    for answer in answers:
        if answer.status_code != 200:
            refused_as_stale(answer, taken[0])


async def test_one_that_was_put_away_is_gone_and_its_versions_do_not_come_again(alice):
    shown(await alice.put(f"{DRAFTS}/new", json={"title": "A", "body": "one"}))
    for _ in range(2):
        assert (await alice.delete(f"{DRAFTS}/new")).status_code == 204
    refused(await alice.get(f"{DRAFTS}/new"), 404, "not_found")
    assert shown(await alice.get(DRAFTS)) == []
    late = await alice.put(f"{DRAFTS}/new", json={"body": "late", "version": 1})
    assert late.status_code == 409
    empty = late.json()["data"]
    assert (empty["title"], empty["body"], empty["tags"], empty["version"]) == (None, "", [], 2)
    assert shown(await alice.put(f"{DRAFTS}/new", json={"body": "new", "version": 0}))["version"] == 3


async def test_a_draft_without_words_is_none(alice):
    shown(await alice.put(f"{DRAFTS}/new", json={"body": "one"}))
    blank = shown(
        await alice.put(f"{DRAFTS}/new", json={"title": " ", "body": "\n", "tags": [""], "version": 1})
    )
    assert (blank["body"], blank["version"]) == ("", 2)
    refused(await alice.get(f"{DRAFTS}/new"), 404, "not_found")


async def test_the_last_written_stands_first_page_by_page(alice, cast):
    subjects = await subjects_of(cast)
    for subject in subjects:
        shown(await alice.put(f"{DRAFTS}/{subject}", json={"body": subject}))
    shown(await alice.put(f"{DRAFTS}/{subjects[1]}", json={"body": "again"}))
    answer = await alice.get(f"{DRAFTS}?per_page=2")
    assert [draft["subject"] for draft in shown(answer)] == [subjects[1], subjects[4]]
    assert answer.json()["meta"] == {"page": 1, "per_page": 2, "total": 5, "pages": 3}
    last = shown(await alice.get(f"{DRAFTS}?per_page=2&page=3"))
    assert [draft["subject"] for draft in last] == [subjects[0]]


async def test_nobody_sees_anothers(alice, bob, client, cast):
    post = await open_thread(cast.mona)
    subject = f"reply:post:{post}"
    kept = shown(await alice.put(f"{DRAFTS}/{subject}", json={"body": "mine"}))
    for other in (bob, client):
        for ask in (other.get, other.delete):
            answer = await ask(f"{DRAFTS}/{subject}")
            assert answer.status_code in ({401} if other is client else {404, 204})
    assert shown(await bob.get(DRAFTS)) == []
    assert shown(await bob.put(f"{DRAFTS}/{subject}", json={"body": "bob's"}))["version"] == 1
    assert shown(await alice.get(f"{DRAFTS}/{subject}")) == kept


async def test_somebody_without_an_account_has_none(client):
    refused(await client.get(DRAFTS), 401, "unauthenticated")
    refused(await client.get(f"{DRAFTS}/new"), 401, "unauthenticated")
    refused(await client.put(f"{DRAFTS}/new", json={"body": "x"}), 401, "unauthenticated")
    refused(await client.delete(f"{DRAFTS}/new"), 401, "unauthenticated")


async def test_a_token_that_may_not_write_keeps_nothing(server, cast):
    for scopes, status in ((("read",), 403), (("read", "write"), 200)):
        lent = await lend(cast.alice, *scopes)
        async with server.client(headers=lent.header) as program:
            answer = await program.put(f"{DRAFTS}/new", json={"body": "x"})
        assert answer.status_code == status


async def test_one_drafts_only_what_one_could_send(alice, bob, cast):
    post = await open_thread(cast.alice)
    comment = await write(cast.alice, post, "words")
    for subject in (f"edit:post:{post}", f"edit:comment:{comment}"):
        refused(await bob.put(f"{DRAFTS}/{subject}", json={"body": "x"}), 403, "forbidden")
        shown(await alice.put(f"{DRAFTS}/{subject}", json={"body": "x"}))
    for subject in (f"reply:post:{post}", f"reply:comment:{comment}"):
        shown(await bob.put(f"{DRAFTS}/{subject}", json={"body": "x"}))


async def test_a_closed_thread_may_open_again(alice, cast):
    post = await open_thread(cast.bob)
    mine = await write(cast.alice, post, "words")
    await DB.fetch("UPDATE posts SET locked_at = now()")
    for subject in (f"reply:post:{post}", f"edit:comment:{mine}"):
        shown(await alice.put(f"{DRAFTS}/{subject}", json={"body": "x"}))


@pytest.mark.parametrize(
    "subject",
    ["post:1", "reply:post:0", "reply:post:x", "reply:user:1", "new:1", "NEW", "reply:post:999999999999999999",
     "edit:comment:999999999999999999", f"reply:post:{10**18}", "reply:post:1:2", "new%0A"],
)  # fmt: skip
async def test_what_is_no_subject_is_not_found(alice, subject):
    refused(await alice.put(f"{DRAFTS}/{subject}", json={"body": "x"}), 404, "not_found")


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ({"body": "x" * 10_001}, {"body": "too_long"}),
        ({"title": "x" * 121, "body": None}, {"title": "too_long", "body": "invalid"}),
        ({"tags": ["x"] * 6}, {"tags": "too_long"}),
        ({"tags": ["x" * 25]}, {"tags": "too_long"}),
        ({"body": "x", "version": -1}, {"version": "out_of_range"}),
        ({"body": "x", "version": 2**53}, {"version": "out_of_range"}),
        ({"body": "x", "version": "1"}, {"version": "invalid"}),
        ({"body": "a\0b"}, {"body": "invalid"}),
    ],
)
async def test_what_could_never_be_sent_is_refused_with_all_that_is_wrong(alice, words, codes):
    errors = refused(await alice.put(f"{DRAFTS}/new", json=words), 422, *codes.values())
    assert fields(errors) == codes
    longest = {"title": "x" * 120, "body": "x" * 10_000, "tags": ["x" * 24] * 5, "version": 2**53 - 1}
    shown(await alice.put(f"{DRAFTS}/new", json=longest))


async def test_an_unknown_field_is_refused(alice):
    answer = await alice.put(f"{DRAFTS}/new", json={"body": "x", "user": 1})
    refused(answer, 400, "unknown_field")


async def test_there_is_an_end_to_how_many_one_has(alice, cast):
    post = await open_thread(cast.alice)
    comments = await DB.fetch(
        """INSERT INTO comments (post, author, body, body_html, seq)
        SELECT $1, $2, 'x', 'x', n FROM generate_series(1, $3::int) AS n RETURNING id""",
        post, cast.alice.id, services.MOST,
    )  # fmt: skip
    await DB.fetch(
        """INSERT INTO drafts ("user", subject, body, version)
        SELECT $1, 'reply:comment:' || id, 'x', 1 FROM unnest($2::bigint[]) AS id""",
        cast.alice.id, [row["id"] for row in comments],
    )  # fmt: skip
    refused(await alice.put(f"{DRAFTS}/new", json={"body": "x"}), 409, "conflict")
    kept = f"{DRAFTS}/reply:comment:{comments[0]['id']}"
    shown(await alice.put(kept, json={"body": "one that is there may go on"}))
    await alice.delete(kept)
    shown(await alice.put(f"{DRAFTS}/new", json={"body": "x"}))
