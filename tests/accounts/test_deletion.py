"""Whoever leaves is gone at once; what they wrote stays without a name, or goes, whatever is killed meanwhile."""

import asyncio
import contextvars
from collections.abc import Callable
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from app.accounts.deletion import batches
from app.accounts.deletion.jobs import let_member_go
from app.accounts.resets import links as resets
from app.accounts.tokens.schemas import NewToken
from app.accounts.tokens.services import make_token
from app.comments.removing import remove_comment
from app.comments.schemas import CommentChange
from app.comments.services import edit_comment
from app.database.engine import DB, Engine
from app.mail import kept
from app.reactions.services import Subject, add_reaction, flush
from app.web.refusals import as_refusal
from tests.accounts.test_security import is_in, sign_in, waits_for_a_lock
from tests.api import BASE, fields, refused, shown
from tests.cast import PASSWORD, Cast, Member
from tests.inside import cost
from tests.pictures import picture
from tests.working_off import work_off
from tests.writers import check_sums, open_thread, write

Clients = Callable[[Member], httpx.AsyncClient]


async def leave(
    client: httpx.AsyncClient, member: Member, content: str = "keep", password: str = PASSWORD
) -> httpx.Response:
    body = {"password": password, "content": content}
    return await client.put(f"{BASE}/users/{member.id}/deletion", json=body)


async def rows_of(member: Member) -> set[str]:
    """The tables in which something still names this member."""
    columns = await DB.fetch(
        """SELECT conrelid::regclass::text AS name, attname FROM pg_constraint
        JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
        WHERE contype = 'f' AND confrelid = 'users'::regclass"""
    )
    assert len(columns) > 8
    found = {
        row["name"]
        for row in columns
        if await DB.fetch(f'SELECT FROM {row["name"]} WHERE "{row["attname"]}" = $1', member.id)
    }
    return found | ({"users"} if await DB.fetch("SELECT FROM users WHERE id = $1", member.id) else set())


async def seen(client: httpx.AsyncClient, post_id: int) -> tuple[Any, list[Any]]:
    post = shown(await client.get(f"{BASE}/posts/{post_id}"))
    return post, shown(await client.get(f"{BASE}/posts/{post_id}/comments"))


async def test_kept_words_are_a_deleted_members(cast: Cast, as_: Clients, client: httpx.AsyncClient) -> None:
    post_id = await open_thread(cast.alice)
    first = await write(cast.alice, post_id, "Mine.")
    await write(cast.bob, post_id, "His.", parent_id=first)
    assert shown(await leave(as_(cast.alice), cast.alice)) is None
    post, comments = await seen(client, post_id)
    assert post["author"] is None, "at once, before the worker comes to it"
    assert [comment["author"] and comment["author"]["username"] for comment in comments] == [None, "bob"]
    await work_off()
    post, comments = await seen(client, post_id)
    assert (post["author"], post["removed"], post["comments_count"]) == (None, None, 2)
    assert [(c["body"], c["author"] is None, c["removed"]) for c in comments] == [
        ("Mine.", True, None),
        ("His.", False, None),
    ]
    assert await rows_of(cast.alice) == set()
    await check_sums(post_id)


async def test_removed_words_go_as_if_by_their_author(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    gone, stays = await open_thread(cast.alice), await open_thread(cast.bob)
    mine = await write(cast.alice, stays, "Soon gone.")
    await write(cast.bob, stays, "Below it.", parent_id=mine)
    await leave(as_(cast.alice), cast.alice, "remove")
    await work_off()
    refused(await client.get(f"{BASE}/posts/{gone}"), 404, "not_found")
    post, comments = await seen(client, stays)
    assert post["comments_count"] == 1
    assert (comments[0]["body"], comments[0]["author"], comments[0]["removed"]["by"]) == (
        None,
        None,
        "author",
    )
    assert comments[1]["body"] == "Below it."
    assert await rows_of(cast.alice) == set()
    await check_sums(stays)
    history = shown(await as_(cast.mona).get(f"{BASE}/comments/{mine}/revisions"))
    assert [revision["body"] for revision in history] == ["Soon gone."]
    assert not await DB.fetch("SELECT FROM events WHERE data::text LIKE '%Soon gone%'")


@pytest.mark.parametrize(("content", "kind"), [("keep", "comment.updated"), ("remove", "comment.removed")])
async def test_readers_of_a_thread_are_told(cast: Cast, as_: Clients, content: str, kind: str) -> None:
    post_id = await open_thread(cast.bob)
    comments = [await write(cast.alice, post_id, f"Number {number}") for number in range(3)]
    await leave(as_(cast.alice), cast.alice, content)
    await work_off()
    told = await DB.fetch(
        "SELECT subject, data::text AS data FROM events WHERE channel = $1 AND kind = $2 ORDER BY seq",
        f"post:{post_id}",
        kind,
    )
    assert [row["subject"] for row in told] == [f"comment:{number}" for number in comments]
    assert all(msgspec.json.decode(row["data"])["author"] is None for row in told)


@pytest.mark.parametrize("content", ["keep", "remove"])
async def test_a_name_that_is_replayed_out_of_the_log(cast: Cast, as_: Clients, content: str) -> None:
    post_id = await open_thread(cast.alice)
    await edit_comment(
        cast.alice.viewer, await write(cast.alice, post_id, "One."), CommentChange(body="Two.")
    )
    names = "SELECT FROM events WHERE data #>> '{author,username}' = 'alice'"
    assert len(await DB.fetch(names)) == 3
    await leave(as_(cast.alice), cast.alice, content)
    await work_off()
    assert not await DB.fetch(names)


async def test_reactions_are_taken_back_and_counted_again(cast: Cast, as_: Clients) -> None:
    post_id = await open_thread(cast.bob)
    for member in (cast.alice, cast.bob):
        await add_reaction(member.viewer, Subject("post", post_id), "love")
    await flush()
    await leave(as_(cast.alice), cast.alice)
    await work_off()
    await flush()
    assert (await seen(as_(cast.bob), post_id))[0]["reactions"] == {"love": 1}


async def test_nothing_of_the_account_is_left_at_once(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    alice = as_(cast.alice)
    file = {"file": ("face.png", picture(), "image/png")}
    face = shown(await alice.put(f"{BASE}/users/{cast.alice.id}/avatar", files=file))["avatar_url"]
    assert (await client.get(face)).status_code == 200
    await write(cast.alice, await open_thread(cast.alice), "Mine.")
    for listed in ("author", "commented_by"):
        assert len(shown(await client.get(f"{BASE}/posts?{listed}=alice"))) == 1
    lent = await make_token(cast.alice.viewer, NewToken(name="tail", scopes=["read"]))
    reset = await resets.issue(cast.alice.email, "one")
    assert reset
    answer = await leave(alice, cast.alice)
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert not await is_in(as_(cast.alice))
    assert (await sign_in(client, cast.alice)).status_code == 401
    assert (await sign_in(client, cast.alice, "x")).status_code == 401
    bearer = {"Authorization": f"Bearer {lent.token}"}
    refused(await client.get(f"{BASE}/me", headers=bearer), 401, "invalid_token")
    body = {"password": "another long pass phrase"}
    refused(await client.put(f"{BASE}/password-resets/{reset.token}", json=body), 401, "invalid_token")
    assert await resets.issue(cast.alice.email, "two") is None
    for path in (face, "/@alice", f"{BASE}/users/{cast.alice.id}"):
        assert (await client.get(path)).status_code == 404
    assert shown(await as_(cast.bob).get(f"{BASE}/users?q=alice")) == []
    for listed in ("author", "commented_by"):
        assert shown(await client.get(f"{BASE}/posts?{listed}=alice")) == []
    said = {row["subject"] for row in await DB.fetch("SELECT subject FROM events WHERE channel = 'access'")}
    assert {f"session:{cast.alice.session_id}", f"token:{lent.id}"} <= said
    assert await rows_of(cast.alice) == {"users", "posts", "comments"}
    assert await DB.fetch("SELECT FROM channels WHERE name = $1", f"user:{cast.alice.id}")
    await work_off()
    assert await rows_of(cast.alice) == set()
    assert not await DB.fetch("SELECT FROM channels WHERE name = $1", f"user:{cast.alice.id}")
    [mail] = await kept.list_mails()
    assert (mail.recipient, "@alice is deleted" in mail.text) == (cast.alice.email, True)


async def test_name_and_address_are_free_again(cast: Cast, as_: Clients, client: httpx.AsyncClient) -> None:
    await leave(as_(cast.alice), cast.alice)
    await work_off()
    again = {
        "username": "alice",
        "name": "Alice",
        "email": cast.alice.email,
        "password": "a long pass phrase",
    }
    assert shown(await client.post(f"{BASE}/registrations", json=again), 201)["id"] != cast.alice.id


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"password": "wrong", "content": "keep"}, {"password": "invalid"}),
        ({"password": PASSWORD, "content": "all"}, {"content": "not_a_choice"}),
        ({"password": PASSWORD}, {"content": "required"}),
        ({"content": "remove"}, {"password": "required"}),
    ],
)
async def test_without_the_password_or_a_choice_nothing_happens(
    cast: Cast, as_: Clients, body: dict[str, str], wrong: dict[str, str]
) -> None:
    answer = await as_(cast.alice).put(f"{BASE}/users/{cast.alice.id}/deletion", json=body)
    assert fields(refused(answer, 422, *wrong.values())) == wrong
    assert await is_in(as_(cast.alice))


async def test_mallory_deletes_nobody_but_herself(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    mallory = as_(cast.mallory)
    refused(await leave(mallory, cast.alice), 403, "forbidden")
    refused(await leave(as_(cast.ada), cast.alice), 403, "forbidden")
    refused(await leave(client, cast.alice), 401, "unauthenticated")
    refused(
        await mallory.put(f"{BASE}/users/999999/deletion", json={"password": PASSWORD, "content": "keep"}),
        404,
        "not_found",
    )
    for other in (mallory, as_(cast.mona)):
        refused(await other.delete(f"{BASE}/users/{cast.alice.id}"), 403, "forbidden")
    refused(await client.delete(f"{BASE}/users/{cast.alice.id}"), 401, "unauthenticated")
    lent = await make_token(cast.alice.viewer, NewToken(name="thief", scopes=["read", "write"]))
    stolen = {"Authorization": f"Bearer {lent.token}"}
    body = {"password": PASSWORD, "content": "remove"}
    refused(
        await client.put(f"{BASE}/users/{cast.alice.id}/deletion", json=body, headers=stolen), 403, "scope"
    )
    assert await is_in(as_(cast.alice))
    assert (await leave(mallory, cast.mallory)).status_code == 200


async def test_another_site_cannot_delete(cast: Cast, as_: Clients) -> None:
    form = {"password": PASSWORD, "content": "remove"}
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = await as_(cast.alice).post("/settings/account/deletion", data=form, headers=headers)
    assert answer.status_code == 403
    assert await is_in(as_(cast.alice))


async def test_an_admin_deletes_a_member_and_it_is_written_down(cast: Cast, as_: Clients) -> None:
    post_id = await open_thread(cast.alice)
    ada = as_(cast.ada)
    for _ in range(2):
        answer = await ada.delete(f"{BASE}/users/{cast.alice.id}")
        assert (answer.status_code, answer.content) == (204, b"")
    await work_off()
    assert await rows_of(cast.alice) == set()
    assert (await seen(ada, post_id))[0]["author"] is None
    [line] = await DB.fetch("SELECT * FROM admin_changes")
    assert (line["action"], line["row_id"], line["admin"]) == ("delete", str(cast.alice.id), cast.ada.id)
    assert msgspec.json.decode(line["before"]) == {"username": "alice", "role": "member"}


async def test_an_admin_does_so_from_the_members_page(cast: Cast, as_: Clients) -> None:
    ada, path = as_(cast.ada), f"/users/{cast.alice.id}/deletion"
    managed = f"/users/{cast.alice.id}/management"
    assert path in (await ada.get(managed)).text
    assert "@alice" in (await ada.get(path)).text
    assert await cost(path, cast.ada) == 2
    for other in (cast.mallory, cast.mona):
        assert path not in (await as_(other).get(managed)).text
        assert (await as_(other).get(path)).status_code == 403
        assert (await as_(other).post(path)).status_code == 403
    assert (await ada.get("/@alice")).status_code == 200
    assert (await ada.post(path)).status_code == 303
    assert (await ada.get("/@alice")).status_code == 404


async def test_the_last_admin_cannot_be_removed_by_any_way(cast: Cast, as_: Clients) -> None:
    ada = as_(cast.ada)
    refused(await leave(ada, cast.ada), 409, "conflict")
    refused(await ada.delete(f"{BASE}/users/{cast.ada.id}"), 409, "conflict")
    page = await ada.post("/settings/account/deletion", data={"password": PASSWORD, "content": "keep"})
    assert page.status_code == 422
    assert "only admin" in page.text
    assert shown(await ada.get(f"{BASE}/me"))["role"] == "admin"


async def test_two_last_admins_who_leave_at_once(cast: Cast, as_: Clients) -> None:
    await DB.fetch("UPDATE users SET role = 'admin' WHERE id = $1", cast.mona.id)
    answers = await asyncio.gather(leave(as_(cast.ada), cast.ada), leave(as_(cast.mona), cast.mona))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(await DB.fetch("SELECT FROM users WHERE role = 'admin' AND left_at IS NULL")) == 1


async def test_an_admin_does_not_delete_herself_without_her_password(cast: Cast, as_: Clients) -> None:
    await DB.fetch("UPDATE users SET role = 'admin' WHERE id = $1", cast.mona.id)
    refused(await as_(cast.ada).delete(f"{BASE}/users/{cast.ada.id}"), 403, "forbidden")
    assert (await leave(as_(cast.ada), cast.ada)).status_code == 200


async def test_in_the_settings(cast: Cast, as_: Clients, client: httpx.AsyncClient) -> None:
    alice = as_(cast.alice)
    assert "Delete my account" in (await alice.get("/settings/account")).text
    wrong = await alice.post("/settings/account/deletion", data={"password": "no", "content": "remove"})
    assert wrong.status_code == 422
    assert "This is not your password." in wrong.text
    assert 'value="remove" checked' in wrong.text
    right = await alice.post("/settings/account/deletion", data={"password": PASSWORD, "content": "remove"})
    assert (right.status_code, right.headers["location"]) == (303, "/farewell")
    assert "Your account is deleted" in (await client.get("/farewell")).text
    assert (await client.get("/settings/account")).headers["location"].startswith("/sign-in")


async def test_in_batches_and_what_was_removed_before_only_loses_its_name(
    cast: Cast, as_: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)
    post_id = await open_thread(cast.bob)
    comments = [await write(cast.alice, post_id, f"Number {number}") for number in range(5)]
    await remove_comment(cast.alice.viewer, comments[0])
    await leave(as_(cast.alice), cast.alice, "remove")
    assert await batches.let_go_some(cast.alice.id, "remove")
    assert len(await DB.fetch("SELECT FROM comments WHERE author = $1", cast.alice.id)) == 3
    await work_off()
    assert await rows_of(cast.alice) == set()
    assert (await seen(as_(cast.bob), post_id))[0]["comments_count"] == 0
    assert len(await DB.fetch("SELECT FROM events WHERE kind = 'comment.removed'")) == 5
    await check_sums(post_id)


async def test_done_again_it_does_nothing(cast: Cast, as_: Clients) -> None:
    post_id = await open_thread(cast.bob)
    await write(cast.alice, post_id, "Once.")
    await leave(as_(cast.alice), cast.alice)
    await work_off()
    seq = await check_sums(post_id)
    await let_member_go(user_id=cast.alice.id, content="keep")
    assert await check_sums(post_id) == seq
    assert await DB.fetch("SELECT FROM outbox WHERE job = 'let_member_go'") == []


async def test_somebody_who_has_not_left_keeps_their_name(cast: Cast) -> None:
    await open_thread(cast.bob)
    await let_member_go(user_id=cast.bob.id, content="remove")
    assert await rows_of(cast.bob) >= {"users", "posts"}


async def test_a_session_or_token_made_while_its_member_leaves_opens_nothing(
    cast: Cast, client: httpx.AsyncClient, as_: Clients
) -> None:
    lent = await make_token(cast.alice.viewer, NewToken(name="late", scopes=["read"]))
    assert await is_in(as_(cast.alice))
    await DB.fetch("UPDATE users SET left_at = now() WHERE id = $1", cast.alice.id)
    assert not await is_in(as_(cast.alice))
    bearer = {"Authorization": f"Bearer {lent.token}"}
    refused(await client.get(f"{BASE}/me", headers=bearer), 401, "invalid_token")


async def test_who_has_left_is_made_no_admin(cast: Cast, as_: Clients) -> None:
    await leave(as_(cast.alice), cast.alice)
    answer = await as_(cast.ada).put(f"{BASE}/users/{cast.alice.id}/role", json={"role": "admin"})
    refused(answer, 404, "not_found")


async def test_a_comment_on_its_way_when_its_author_left_is_found(
    cast: Cast, as_: Clients, database: Engine
) -> None:
    post_id = await open_thread(cast.bob)
    await leave(as_(cast.alice), cast.alice)
    async with database.transaction():
        await DB.fetch(
            "INSERT INTO comments (post, author, body, body_html, seq) VALUES ($1, $2, 'Late', '', 0)",
            post_id,
            cast.alice.id,
        )
        going = asyncio.create_task(batches.let_go_some(cast.alice.id, "keep"), context=contextvars.Context())
        await waits_for_a_lock(database)
    assert await going, "the row stays until that comment has lost its name too"
    assert await rows_of(cast.alice) == {"users", "comments"}


async def test_a_comment_that_comes_after_its_author_is_refused(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    post_id = await open_thread(cast.bob)
    await leave(as_(cast.alice), cast.alice)
    await work_off()
    with pytest.raises(asyncpg.ForeignKeyViolationError) as raised:
        await write(cast.alice, post_id, "Too late.")
    assert as_refusal(raised.value).status == 409
    assert (await client.get(f"{BASE}/posts/{post_id}/comments")).json()["data"] == []
