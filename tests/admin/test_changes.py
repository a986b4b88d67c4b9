"""What may be changed through the panel, and what is written down of it."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import asyncpg
import httpx
import pytest

from app.accounts.administration import MemberChange, change_member
from app.admin.shown import TABLES
from app.database.engine import Engine
from app.web.errors import Forbidden, Invalid, NotFound
from tests.admin.asking import API, open_panel, rows
from tests.cast import Cast, Member

READ_ONLY = [c.table_class._meta.tablename for c in TABLES if c.table_class._meta.tablename != "users"]


async def changes(database: Engine) -> list[dict[str, Any]]:
    return [dict(row) for row in await database.fetch("SELECT * FROM admin_changes ORDER BY id")]


async def member(database: Engine, who: Member) -> dict[str, Any]:
    return dict((await database.fetch("SELECT * FROM users WHERE id = $1", who.id))[0])


async def test_a_role_and_notes_are_changed_and_written_down(
    cast: Cast, ada: httpx.AsyncClient, database: Engine
) -> None:
    path = f"{API}/users/{cast.bob.id}/"
    answer = await ada.patch(path, json={"role": "moderator", "admin_notes": "Writes well."})
    assert answer.status_code == 200, answer.text
    bob = await member(database, cast.bob)
    assert (bob["role"], bob["admin_notes"]) == ("moderator", "Writes well.")
    (line,) = await changes(database)
    assert (line["admin"], line["admin_username"], line["table_name"]) == (cast.ada.id, "ada", "users")
    assert (line["row_id"], line["action"]) == (str(cast.bob.id), "change")
    assert json.loads(line["before"]) == {"role": "member", "admin_notes": ""}
    assert json.loads(line["after"]) == {"role": "moderator", "admin_notes": "Writes well."}
    assert [row["row_id"] for row in await rows(ada, "admin_changes")] == [str(cast.bob.id)]


async def test_3_9_a_new_role_is_revoked_in_the_same_change(
    cast: Cast, ada: httpx.AsyncClient, database: Engine
) -> None:
    """LIVE.md 3.9: whoever was a moderator a moment ago may be connected anywhere."""
    await ada.patch(f"{API}/users/{cast.mona.id}/", json={"role": "member"})
    rows = await database.fetch("SELECT subject FROM events WHERE channel = 'access'")
    assert [row["subject"] for row in rows] == [f"user:{cast.mona.id}"]


async def test_a_whole_form_with_one_new_value_is_one_change(
    cast: Cast, ada: httpx.AsyncClient, database: Engine
) -> None:
    """The panel sends every field of its form, times cut to the second."""
    form = (await ada.get(f"{API}/users/{cast.bob.id}/")).json()
    form["created_at"] = form["created_at"][:19] + "Z"
    before = await member(database, cast.bob)
    answer = await ada.patch(f"{API}/users/{cast.bob.id}/", json={**form, "admin_notes": "Hello."})
    assert answer.status_code == 200, answer.text
    assert await member(database, cast.bob) == {**before, "admin_notes": "Hello."}
    assert [json.loads(line["after"]) for line in await changes(database)] == [{"admin_notes": "Hello."}]


async def test_what_changes_nothing_leaves_no_line(
    cast: Cast, ada: httpx.AsyncClient, database: Engine
) -> None:
    assert (await ada.patch(f"{API}/users/{cast.bob.id}/", json={"role": "member"})).status_code == 200
    assert await changes(database) == []


@pytest.mark.parametrize(
    "wanted",
    [{"username": "bobby"}, {"posts_count": 7}, {"activated_at": "2026-01-01T00:00:00Z"}, {"role": "king"},
     {"role": "moderator", "username": "bobby"}, {"password": "x"}, {"email": "a@example.org"}, {"id": 99}, {},
     {"admin_notes": "a" * 10_001}, {"admin_notes": "a\0b"}, {"admin_notes": None}],
)  # fmt: skip
async def test_nothing_else_of_a_member_can_be_changed(
    cast: Cast, ada: httpx.AsyncClient, database: Engine, wanted: dict[str, Any]
) -> None:
    before = await member(database, cast.bob)
    answer = await ada.patch(f"{API}/users/{cast.bob.id}/", json=wanted)
    assert answer.status_code in {400, 422}
    assert await member(database, cast.bob) == before
    assert await changes(database) == []


@pytest.mark.parametrize("table", [*READ_ONLY, "users"])
async def test_rows_are_neither_added_replaced_nor_taken_out(
    cast: Cast, ada: httpx.AsyncClient, database: Engine, table: str
) -> None:
    for method, path in (("POST", ""), ("DELETE", ""), ("PUT", "1/"), ("DELETE", "1/"), ("DELETE", "?id=1")):
        answer = await ada.request(method, f"{API}/{table}/{path}", json={"role": "admin"})
        assert answer.status_code == 405, (method, path)


@pytest.mark.parametrize("table", READ_ONLY)
async def test_what_readers_are_told_of_is_only_shown(ada: httpx.AsyncClient, table: str) -> None:
    answer = await ada.patch(f"{API}/{table}/1/", json={"body": "x", "seq": 7, "name": "x"})
    assert (answer.status_code, "only shown here" in answer.json()["detail"]) == (405, True)


async def test_mallory_cannot_have_an_admin_send_it(
    cast: Cast, as_: Callable[[Member], httpx.AsyncClient], database: Engine
) -> None:
    ada = await open_panel(as_(cast.ada))
    path = f"{API}/users/{cast.mallory.id}/"
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example.org"},
        {"X-CSRFToken": "x"},
    ):
        answer = await ada.patch(path, json={"role": "admin"}, headers=headers)
        assert answer.status_code == 403
    assert (await member(database, cast.mallory))["role"] == "member"


async def test_the_last_admin_stays_one(cast: Cast, ada: httpx.AsyncClient, database: Engine) -> None:
    answer = await ada.patch(f"{API}/users/{cast.ada.id}/", json={"role": "member"})
    assert (answer.status_code, "only admin" in answer.text) == (422, True)
    await ada.patch(f"{API}/users/{cast.mona.id}/", json={"role": "admin"})
    assert (await ada.patch(f"{API}/users/{cast.ada.id}/", json={"role": "member"})).status_code == 200
    assert (await member(database, cast.ada))["role"] == "member"


async def test_of_two_admins_who_step_down_at_once_one_stays(cast: Cast, database: Engine) -> None:
    await change_member(cast.ada.viewer, cast.mona.id, MemberChange(role="admin"))
    mona = Member(cast.mona.id, "mona", "admin", cast.mona.token, cast.mona.session_id).viewer
    down = MemberChange(role="member")
    results = await asyncio.gather(
        change_member(cast.ada.viewer, cast.ada.id, down),
        change_member(mona, cast.mona.id, down),
        return_exceptions=True,
    )
    assert [type(result) for result in results if result is not None] == [Invalid]
    assert len(await database.fetch("SELECT FROM users WHERE role = 'admin'")) == 1


async def test_the_service_itself_serves_admins_only(cast: Cast, database: Engine) -> None:
    for who in (cast.mona, cast.mallory):
        with pytest.raises(Forbidden):
            await change_member(who.viewer, cast.mallory.id, MemberChange(role="admin"))
    with pytest.raises(NotFound):
        await change_member(cast.ada.viewer, 10**9, MemberChange(role="admin"))


async def test_without_its_line_a_change_does_not_happen(
    cast: Cast, ada: httpx.AsyncClient, database: Engine
) -> None:
    await database.fetch("ALTER TABLE admin_changes ADD CONSTRAINT refused CHECK (row_id = 'none')")
    try:
        answer = await ada.patch(f"{API}/users/{cast.bob.id}/", json={"role": "admin"})
    finally:
        await database.fetch("ALTER TABLE admin_changes DROP CONSTRAINT refused")
    assert answer.status_code >= 400
    assert (await member(database, cast.bob))["role"] == "member"


@pytest.mark.parametrize("sql", ["UPDATE admin_changes SET admin = 1", "DELETE FROM admin_changes"])
async def test_lines_can_neither_be_changed_nor_taken_out(cast: Cast, database: Engine, sql: str) -> None:
    await change_member(cast.ada.viewer, cast.bob.id, MemberChange(role="moderator"))
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await database.fetch(sql)
    assert len(await changes(database)) == 1


async def test_a_line_outlives_its_admin(cast: Cast, database: Engine) -> None:
    await change_member(cast.ada.viewer, cast.bob.id, MemberChange(role="admin"))
    await database.fetch("DELETE FROM users WHERE id = $1", cast.ada.id)
    assert [line["admin_username"] for line in await changes(database)] == ["ada"]
