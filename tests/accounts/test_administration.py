"""What admins change about members over the API: their role, and the notes that only admins read."""

from collections.abc import Callable

import httpx
import pytest

from app.database.engine import Engine
from tests.api import BASE, fields, refused, shown
from tests.cast import Cast, Member

Clients = Callable[[Member], httpx.AsyncClient]
CHANGES = [("role", {"role": "moderator"}), ("admin-notes", {"text": "Writes well."})]


async def test_an_admin_changes_a_role_and_it_is_written_down(
    cast: Cast, as_: Clients, database: Engine
) -> None:
    user = shown(await as_(cast.ada).put(f"{BASE}/users/{cast.bob.id}/role", json={"role": "moderator"}))
    assert (user["id"], user["role"]) == (cast.bob.id, "moderator")
    assert shown(await as_(cast.bob).get(f"{BASE}/me"))["role"] == "moderator"
    (line,) = await database.fetch("SELECT admin_username, row_id, after FROM admin_changes")
    assert tuple(line) == ("ada", str(cast.bob.id), '{"role": "moderator"}')


async def test_an_admin_writes_notes_that_only_admins_read(cast: Cast, as_: Clients) -> None:
    path = f"{BASE}/users/{cast.bob.id}"
    user = shown(await as_(cast.ada).put(f"{path}/admin-notes", json={"text": "Writes well."}))
    assert user["admin_notes"] == "Writes well."
    assert shown(await as_(cast.ada).get(path))["admin_notes"] == "Writes well."
    assert "admin_notes" not in shown(await as_(cast.bob).get(path))
    assert shown(await as_(cast.ada).put(f"{path}/admin-notes", json={"text": ""}))["admin_notes"] == ""


@pytest.mark.parametrize(("what", "body"), CHANGES)
async def test_nobody_but_an_admin_may(
    cast: Cast, as_: Clients, client: httpx.AsyncClient, database: Engine, what: str, body: dict[str, str]
) -> None:
    path = f"{BASE}/users/{cast.mallory.id}/{what}"
    for member in (cast.mallory, cast.mona):
        refused(await as_(member).put(path, json=body), 403, "forbidden")
    refused(await client.put(path, json=body), 401, "unauthenticated")
    rows = await database.fetch("SELECT role, admin_notes FROM users WHERE id = $1", cast.mallory.id)
    assert tuple(rows[0]) == ("member", "")


@pytest.mark.parametrize(("what", "body"), CHANGES)
async def test_a_member_that_is_not_there_is_not_found(
    cast: Cast, as_: Clients, what: str, body: dict[str, str]
) -> None:
    refused(await as_(cast.ada).put(f"{BASE}/users/999999/{what}", json=body), 404, "not_found")


async def test_the_last_admin_stays_one(cast: Cast, as_: Clients) -> None:
    ada = as_(cast.ada)
    answer = await ada.put(f"{BASE}/users/{cast.ada.id}/role", json={"role": "member"})
    assert fields(refused(answer, 422, "invalid")) == {"role": "invalid"}
    await ada.put(f"{BASE}/users/{cast.mona.id}/role", json={"role": "admin"})
    shown(await ada.put(f"{BASE}/users/{cast.ada.id}/role", json={"role": "member"}))
    refused(await ada.put(f"{BASE}/users/{cast.ada.id}/role", json={"role": "admin"}), 403, "forbidden")


@pytest.mark.parametrize(
    ("what", "body", "field", "code"),
    [("role", {"role": "king"}, "role", "not_a_choice"), ("role", {}, "role", "required"),
     ("admin-notes", {}, "text", "required"), ("admin-notes", {"text": "a" * 10_001}, "text", "too_long")],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused(
    cast: Cast, as_: Clients, what: str, body: dict[str, str], field: str, code: str
) -> None:
    answer = await as_(cast.ada).put(f"{BASE}/users/{cast.bob.id}/{what}", json=body)
    assert fields(refused(answer, 422, code)) == {field: code}
