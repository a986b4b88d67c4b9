"""Coming in: all of it or nothing, and nobody by another's session."""

import asyncio
import hashlib

import pytest

from app.accounts.passwords import matches
from app.database.engine import DB
from tests.api import BASE, fields, refused, shown
from tests.cast import PASSWORD
from tests.live_client import LiveClient

NEW = {
    "username": "Grace",
    "name": "Grace H.",
    "email": " Grace@Example.ORG ",
    "password": "correct horse battery",
}
TABLES = ("users", "profiles", "sessions", "outbox", "events", "channels")


@pytest.fixture
async def counts(database):
    """How many rows there are in each table, asked when it is called."""

    async def count():
        return {name: (await database.fetch(f"SELECT count(*) FROM {name}"))[0][0] for name in TABLES}

    return count


async def test_registration_signs_in(client):
    answer = await client.post(f"{BASE}/registrations", json=NEW)
    user = shown(answer, 201)
    assert (user["username"], user["name"], user["email"], user["role"]) == (
        "Grace", "Grace H.", "grace@example.org", "member",
    )  # fmt: skip
    assert "password" not in answer.text
    cookie = answer.headers["set-cookie"].lower()
    for part in ("hubbub_session=", "httponly", "samesite=lax", "path=/"):
        assert part in cookie
    assert shown(await client.get(f"{BASE}/me"))["id"] == user["id"]


async def test_a_newcomer_may_follow_their_own_channel_and_nobody_elses(client, server, cast):
    user = shown(await client.post(f"{BASE}/registrations", json=NEW), 201)
    token = client.cookies["hubbub_session"]
    async with await LiveClient.open(server.live_url, token=token, origin=server.url) as line:
        assert (await line.subscribe(f"user:{user['id']}"))["type"] == "subscribed"
        assert (await line.subscribe(f"user:{cast.bob.id}"))["code"] == "not_found"


async def test_it_makes_user_profile_session_and_jobs(client, counts):
    before = await counts()
    shown(await client.post(f"{BASE}/registrations", json=NEW), 201)
    after = await counts()
    assert {name: after[name] - before[name] for name in ("users", "profiles", "sessions")} == {
        "users": 1, "profiles": 1, "sessions": 1,
    }  # fmt: skip
    jobs = [row["job"] for row in await DB.fetch("SELECT job FROM outbox")]
    assert "send_welcome" in jobs


@pytest.mark.parametrize("table", ["users", "profiles", "sessions", "outbox"])
async def test_when_any_step_fails_there_is_nothing(client, database, counts, table):
    before = await counts()
    async with database.transaction():
        await database.execute(
            f"""CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
            CREATE TRIGGER fail AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION fail();"""
        )
    try:
        answer = await client.post(f"{BASE}/registrations", json=NEW)
    finally:
        await database.fetch("DROP FUNCTION fail CASCADE")
    refused(answer, 500, "internal")
    assert "set-cookie" not in answer.headers
    assert await counts() == before
    shown(await client.post(f"{BASE}/registrations", json=NEW), 201)


async def test_a_failed_commit_leaves_nothing_either(client, database, counts):
    before = await counts()
    async with database.transaction():
        await database.execute(
            """CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
            CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON users DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION fail();"""
        )
    try:
        refused(await client.post(f"{BASE}/registrations", json=NEW), 500, "internal")
    finally:
        await database.fetch("DROP FUNCTION fail CASCADE")
    assert await counts() == before


async def test_names_and_addresses_are_taken_whatever_their_case(client, cast):
    for wrong in ({"username": "ALICE"}, {"email": "Alice@Example.org"}):
        errors = refused(await client.post(f"{BASE}/registrations", json={**NEW, **wrong}), 422, "taken")
        assert errors[0]["field"] == next(iter(wrong))


async def test_of_two_who_want_one_name_at_once_one_gets_it(server, database):
    async def try_it(number):
        async with server.client() as someone:
            wanted = {**NEW, "email": f"grace{number}@example.org"}
            return await someone.post(f"{BASE}/registrations", json=wanted)

    answers = await asyncio.gather(*(try_it(number) for number in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422]
    for answer in answers:
        if answer.status_code == 422:
            assert fields(refused(answer, 422, "taken")) == {"username": "taken"}
    assert (await DB.fetch("SELECT count(*) FROM users"))[0][0] == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"username": "ab"}, "too_short"), ({"username": "a" * 21}, "too_long"), ({"username": "a b"}, "invalid"),
        ({"username": "grace\n"}, "invalid"), ({"username": "gräce"}, "invalid"), ({"name": ""}, "required"),
        ({"name": "  "}, "required"), ({"name": "x" * 81}, "too_long"), ({"email": "grace"}, "invalid"),
        ({"email": "a@b@c"}, "invalid"), ({"email": "a b@example.org"}, "invalid"),
        ({"password": "short"}, "too_short"), ({"password": "x" * 201}, "too_long"),
        ({"password": "password"}, "common"), ({"password": "12345678"}, "common"),
    ],
    ids=str,
)  # fmt: skip
async def test_a_wrong_value_is_told(client, database, wrong, code):
    errors = refused(await client.post(f"{BASE}/registrations", json={**NEW, **wrong}), 422, code)
    assert errors[0]["field"] == next(iter(wrong))
    assert await database.fetch("SELECT 1 FROM users") == []


async def test_role_and_id_cannot_be_chosen(client):
    answer = await client.post(f"{BASE}/registrations", json={**NEW, "role": "admin", "id": 1})
    refused(answer, 400, "unknown_field", "unknown_field")


async def test_passwords_are_stored_as_argon2id_and_sessions_as_hashes(client):
    answer = await client.post(f"{BASE}/registrations", json=NEW)
    token = answer.cookies["hubbub_session"]
    stored = (await DB.fetch("SELECT password FROM users"))[0]["password"]
    assert stored.startswith("$argon2id$")
    assert await matches(stored, NEW["password"])
    assert not await matches(stored, NEW["password"] + "x")
    rows = await DB.fetch("SELECT token_hash, sessions::text AS all FROM sessions")
    assert [row["token_hash"] for row in rows] == [hashlib.sha256(token.encode()).digest()]
    assert token not in rows[0]["all"]


class TestSessions:
    async def sign_in(self, client, member, **more):
        return await client.post(
            f"{BASE}/session", json={"email": member.email, "password": PASSWORD, **more}
        )

    async def test_sign_in_with_the_address_in_any_case(self, client, cast):
        answer = await client.post(
            f"{BASE}/session", json={"email": " ALICE@Example.org", "password": PASSWORD}
        )
        assert shown(answer)["username"] == "alice"
        assert shown(await client.get(f"{BASE}/me"))["username"] == "alice"

    async def test_sign_out_ends_the_session_itself_not_only_the_cookie(self, server, client, cast):
        shown(await self.sign_in(client, cast.alice))
        token = client.cookies["hubbub_session"]
        async with server.client(token) as copy:
            assert shown(await copy.get(f"{BASE}/me"))["username"] == "alice"
            answer = await client.delete(f"{BASE}/session")
            assert answer.status_code == 204
            assert "hubbub_session=" in answer.headers["set-cookie"]
            refused(await copy.get(f"{BASE}/me"), 401, "unauthenticated")
        refused(await client.get(f"{BASE}/me"), 401, "unauthenticated")
        assert (await client.delete(f"{BASE}/session")).status_code == 204

    async def test_signing_out_leaves_other_sessions_alone(self, server, client, as_, cast):
        shown(await self.sign_in(client, cast.alice))
        assert (await client.delete(f"{BASE}/session")).status_code == 204
        assert shown(await as_(cast.alice).get(f"{BASE}/me"))["username"] == "alice"

    async def test_a_session_that_was_planted_is_not_the_one_that_is_signed_in(self, server, cast):
        """Session fixation: mallory gives alice a token of his choice, then of his own session."""
        for planted in ("chosen-by-mallory", cast.mallory.token):
            async with server.client(planted) as alice, server.client(planted) as mallory:
                answer = await self.sign_in(alice, cast.alice)
                assert shown(answer)["username"] == "alice"
                assert answer.cookies["hubbub_session"] != planted
                who = await mallory.get(f"{BASE}/me")
                assert who.status_code == 401, "the planted session is nobody's"

    async def test_each_sign_in_has_a_token_of_its_own(self, client, cast):
        tokens = {(await self.sign_in(client, cast.alice)).cookies["hubbub_session"] for _ in range(3)}
        assert len(tokens) == 3
        assert all(len(token) >= 40 for token in tokens)

    async def test_an_expired_session_is_nobodys(self, as_, cast, database):
        alice = as_(cast.alice)
        shown(await alice.get(f"{BASE}/me"))
        await database.fetch("UPDATE sessions SET expires_at = now() - interval '1 second'")
        refused(await alice.get(f"{BASE}/me"), 401, "unauthenticated")

    @pytest.mark.parametrize("token", ["", "x", "a" * 5000, "%00", "'; DROP TABLE sessions; --"])
    async def test_a_made_up_token_is_nobodys(self, server, database, token):
        async with server.client() as someone:
            answer = await someone.get(f"{BASE}/me", headers={"Cookie": f"hubbub_session={token}"})
            refused(answer, 401, "unauthenticated")
