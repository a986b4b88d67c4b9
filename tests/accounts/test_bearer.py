"""Requests with a bearer token: whose they are, and how far its scopes reach."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.database.engine import Engine
from tests.accounts.test_security import waits_for_a_lock
from tests.api import BASE, refused, shown
from tests.cast import PASSWORD, Cast, Member
from tests.saying import tip
from tests.serving import Server
from tests.tokens import Token, lend
from tests.writers import open_thread, write

Clients = Callable[[Member], httpx.AsyncClient]
With = Callable[[Token], httpx.AsyncClient]

POST = {"title": "A title", "body": "Some words"}
EVERYTHING = ("read", "write", "moderate", "admin")


@pytest.fixture
async def ask(client: httpx.AsyncClient) -> Callable[..., Any]:
    """`await ask(token, "GET", "/me")`: one request with a token."""

    async def asked(token: Token, method: str, path: str, json: Any = None, **headers: str) -> httpx.Response:
        return await client.request(method, BASE + path, json=json, headers={**token.header, **headers})

    return asked


class TestWho:
    async def test_a_token_is_its_member_and_wins_over_the_cookie(self, cast: Cast, as_: Clients) -> None:
        token = await lend(cast.alice, "read")
        bob = as_(cast.bob)
        assert shown(await bob.get(f"{BASE}/me"))["username"] == "bob"
        assert shown(await bob.get(f"{BASE}/me", headers=token.header))["username"] == "alice"

    @pytest.mark.parametrize("scheme", ["Bearer {}", "bearer {}", "BEARER   {}"])
    async def test_the_scheme_is_written_as_one_likes(
        self, cast: Cast, client: httpx.AsyncClient, scheme: str
    ) -> None:
        token = await lend(cast.alice, "read")
        headers = {"Authorization": scheme.format(token.text)}
        assert shown(await client.get(f"{BASE}/me", headers=headers))["username"] == "alice"

    @pytest.mark.parametrize(
        "header", ["Bearer {}x", "Bearer", "{}", "Basic {}", "Token {}", "Bearer {} {}", "Bearer,{}", ""]
    )  # fmt: skip
    async def test_whatever_else_is_no_token_and_never_the_cookie(
        self, cast: Cast, as_: Clients, header: str
    ) -> None:
        token, alice = await lend(cast.alice, "read", "write"), as_(cast.alice)
        headers = {"Authorization": header.format(token.text, token.text)}
        for method, path in (("GET", "/me"), ("GET", "/posts"), ("DELETE", "/session"), ("POST", "/session")):
            refused(await alice.request(method, BASE + path, headers=headers), 401, "invalid_token")
        assert shown(await alice.get(f"{BASE}/me"))["username"] == "alice"

    async def test_two_of_them_are_none(self, cast: Cast, client: httpx.AsyncClient) -> None:
        headers = [
            ("Authorization", f"Bearer {(await lend(who, 'read')).text}") for who in (cast.alice, cast.bob)
        ]
        refused(await client.get(f"{BASE}/me", headers=headers), 401, "invalid_token")

    async def test_an_expired_one_is_none(self, cast: Cast, ask: Any) -> None:
        now = datetime.now(UTC)
        good = await lend(cast.alice, "read", expires_at=now + timedelta(minutes=5))
        assert shown(await ask(good, "GET", "/me"))["username"] == "alice"
        refused(await ask(await lend(cast.alice, "read", expires_at=now), "GET", "/me"), 401, "invalid_token")

    async def test_a_session_is_no_token_and_a_token_no_session(
        self, cast: Cast, client: httpx.AsyncClient, server: Server
    ) -> None:
        headers = {"Authorization": f"Bearer {cast.alice.token}"}
        refused(await client.get(f"{BASE}/me", headers=headers), 401, "invalid_token")
        token = await lend(cast.alice, *EVERYTHING)
        async with server.client(token.text) as cookie:
            refused(await cookie.get(f"{BASE}/me"), 401, "unauthenticated")

    @pytest.mark.parametrize("name", ["token", "access_token", "bearer", "authorization", "api_key"])
    async def test_a_token_in_the_url_is_not_looked_at(
        self, cast: Cast, client: httpx.AsyncClient, name: str
    ) -> None:
        token = await lend(cast.alice, "read")
        refused(await client.get(f"{BASE}/me?{name}={token.text}"), 401, "unauthenticated")

    async def test_when_it_was_used_is_noted_every_five_minutes(
        self, cast: Cast, ask: Any, database: Engine
    ) -> None:
        token, unused = await lend(cast.alice, "read"), await lend(cast.bob, "read")

        async def used(of: Token) -> datetime | None:
            rows = await database.fetch("SELECT last_used_at FROM api_tokens WHERE id = $1", of.id)
            found: datetime | None = rows[0][0]
            return found

        assert await used(token) is None
        shown(await ask(token, "GET", "/me"))
        first = await used(token)
        shown(await ask(token, "GET", "/me"))
        assert first is not None
        assert await used(token) == first
        await database.fetch(
            "UPDATE api_tokens SET last_used_at = now() - interval '301 s' WHERE id = $1", token.id
        )
        shown(await ask(token, "GET", "/me"))
        again = await used(token)
        assert again is not None
        assert again >= first
        assert await used(unused) is None


class TestScopes:
    async def test_read_is_for_safe_methods(self, cast: Cast, ask: Any) -> None:
        post = await open_thread(cast.bob)
        token = await lend(cast.alice, "read")
        for path in ("/me", "/posts", f"/posts/{post}", f"/posts/{post}/comments", "/users", "/tags"):
            assert (await ask(token, "GET", path)).status_code == 200
            assert (await ask(token, "HEAD", path)).status_code == 200
        before = await tip("posts")
        for method, path, json in (
            ("POST", "/posts", POST),
            ("POST", f"/posts/{post}/comments", {"body": "words"}),
            ("PATCH", f"/users/{cast.alice.id}", {"name": "Al"}),
            ("PUT", f"/posts/{post}/reactions/like", None),
            ("PUT", f"/posts/{post}/read", {"comment_id": 1}),
            ("DELETE", f"/posts/{post}", None),
            ("DELETE", "/session", None),
            ("POST", "/registrations", {}),
            ("POST", "/session", {}),
        ):
            refused(await ask(token, method, path, json), 403, "scope")
        assert await tip("posts") == before

    async def test_write_is_for_the_others_and_not_for_reading(self, cast: Cast, ask: Any) -> None:
        post = await open_thread(cast.bob)
        token = await lend(cast.alice, "write")
        shown(await ask(token, "POST", "/posts", POST), 201)
        assert shown(await ask(token, "POST", f"/posts/{post}/comments", {"body": "words"}), 201)["id"]
        shown(await ask(token, "PUT", f"/posts/{post}/reactions/like"))
        for path in ("/me", "/posts", f"/posts/{post}", "/tags"):
            refused(await ask(token, "GET", path), 403, "scope")

    async def test_both_are_what_a_member_may(self, cast: Cast, ask: Any) -> None:
        token = await lend(cast.alice, "read", "write")
        made = shown(await ask(token, "POST", "/posts", POST), 201)
        assert made["author"]["username"] == "alice"
        assert shown(await ask(token, "GET", f"/posts/{made['id']}"))["viewer"]["can"]
        others = await open_thread(cast.bob)
        refused(await ask(token, "PATCH", f"/posts/{others}", {"title": "Mine now"}), 403, "forbidden")

    @pytest.mark.parametrize(
        ("who", "scopes", "sees"),
        [
            ("mona", ("read", "write"), False),
            ("mona", ("read", "moderate"), True),
            ("ada", ("read", "write"), False),
            ("ada", ("read", "moderate"), True),
            ("ada", ("read", "admin"), True),
            ("mallory", EVERYTHING, False),
        ],
    )
    async def test_what_moderators_see_needs_moderate(
        self, cast: Cast, ask: Any, as_: Clients, who: str, scopes: tuple[str, ...], *, sees: bool
    ) -> None:
        post = await open_thread(cast.bob)
        comment = await write(cast.bob, post, "soon gone")
        for path in (f"/comments/{comment}", f"/posts/{post}"):
            assert (await as_(cast.bob).delete(BASE + path)).status_code == 204
        member = getattr(cast, who)
        session = await as_(member).get(f"{BASE}/posts/{post}")
        assert session.status_code == (404 if who == "mallory" else 200)
        token = await lend(member, *scopes)
        for path in (f"/posts/{post}", f"/comments/{comment}/revisions"):
            assert (await ask(token, "GET", path)).status_code == (200 if sees else 404), path

    @pytest.mark.parametrize(
        ("who", "scopes", "sees"),
        [
            ("ada", ("read", "write", "moderate"), False),
            ("ada", ("read", "admin"), True),
            ("mona", EVERYTHING, False),
        ],
    )
    async def test_what_admins_see_needs_admin(
        self, cast: Cast, ask: Any, as_: Clients, who: str, scopes: tuple[str, ...], *, sees: bool
    ) -> None:
        assert "email" in shown(await as_(cast.ada).get(f"{BASE}/users/{cast.bob.id}"))
        token = await lend(getattr(cast, who), *scopes)
        assert ("email" in shown(await ask(token, "GET", f"/users/{cast.bob.id}"))) is sees

    @pytest.mark.parametrize(
        ("scopes", "shows", "changes"),
        [
            (("read", "write", "moderate"), 404, 404),
            (("admin",), 404, 404),
            (("read", "admin"), 200, 404),
            (("write", "admin"), 404, 200),
            (("read", "write", "admin"), 200, 200),
        ],
    )
    async def test_the_admin_panel_needs_admin_beside_read_and_write(
        self, cast: Cast, client: httpx.AsyncClient, scopes: tuple[str, ...], shows: int, changes: int
    ) -> None:
        token = await lend(cast.ada, *scopes)
        # The panel has its own protection against forged requests, as if nobody else had.
        headers = {**token.header, "X-CSRFToken": "t", "Cookie": "csrftoken=t"}
        path = f"/admin/api/tables/users/{cast.bob.id}/"
        assert (await client.get(path, headers=headers)).status_code == shows
        answer = await client.patch(path, headers=headers, json={"admin_notes": "Kind."})
        assert answer.status_code == changes

    async def test_of_a_demoted_member_it_lends_what_is_left(
        self, cast: Cast, ask: Any, database: Engine
    ) -> None:
        token = await lend(cast.ada, *EVERYTHING)
        assert "email" in shown(await ask(token, "GET", f"/users/{cast.bob.id}"))
        await database.fetch("UPDATE users SET role = 'member' WHERE id = $1", cast.ada.id)
        assert "email" not in shown(await ask(token, "GET", f"/users/{cast.bob.id}"))

    async def test_what_is_written_bears_the_members_own_role(
        self, cast: Cast, ask: Any, client: httpx.AsyncClient, database: Engine
    ) -> None:
        """What an event tells and what a fresh load shows must be the same."""
        post = await open_thread(cast.bob)
        token = await lend(cast.mona, "read", "write")
        made = shown(await ask(token, "POST", f"/posts/{post}/comments", {"body": "words"}), 201)
        assert made["author"]["role"] == "moderator"
        loaded = shown(await client.get(f"{BASE}/comments/{made['id']}"))
        told = await database.fetch(
            "SELECT data->'author' AS author FROM events WHERE subject = $1", f"comment:{made['id']}"
        )
        assert loaded["author"] == made["author"]
        assert '"role": "moderator"' in told[0]["author"]


class TestSessionOnly:
    """What no token may do, whatever its scopes; a session next to it may."""

    @pytest.mark.parametrize(
        ("method", "path", "json"),
        [
            ("GET", "/tokens", None),
            ("POST", "/tokens", {"name": "More", "scopes": ["read"]}),
            ("DELETE", "/tokens/1", None),
            ("GET", "/sessions", None),
            ("DELETE", "/sessions", None),
            ("DELETE", "/sessions/1", None),
            ("PUT", "/me/password", {"current": PASSWORD, "password": "another long pass phrase"}),
            ("PUT", "/me/email", {"password": PASSWORD, "email": "other@example.org"}),
        ],
    )
    async def test_by_the_api(
        self, cast: Cast, ask: Any, as_: Clients, method: str, path: str, json: Any
    ) -> None:
        token = await lend(cast.ada, *EVERYTHING)
        assert shown(await ask(token, "GET", "/me"))["username"] == "ada"
        refused(await ask(token, method, path, json), 403, "scope")
        answer = await as_(cast.ada).request(method, BASE + path, json=json)
        assert answer.is_success

    @pytest.mark.parametrize(
        ("path", "form"),
        [
            ("/settings/tokens", {"name": "More", "scopes": "read", "expires_at": ""}),
            ("/settings/tokens/1/removal", {}),
            ("/settings/sessions/removal", {}),
            ("/settings/sessions/1/removal", {}),
            ("/settings/password", {"current": PASSWORD, "password": "another long pass phrase"}),
            ("/settings/email", {"password": PASSWORD, "email": "other@example.org"}),
        ],
    )
    async def test_by_the_forms(
        self, cast: Cast, client: httpx.AsyncClient, as_: Clients, path: str, form: dict[str, str]
    ) -> None:
        token = await lend(cast.ada, *EVERYTHING)
        assert (await client.post(path, data=form, headers=token.header)).status_code == 403
        assert (await as_(cast.ada).post(path, data=form)).status_code == 303

    @pytest.mark.parametrize("path", ["/settings/tokens", "/settings/sessions"])
    async def test_by_the_pages(self, cast: Cast, client: httpx.AsyncClient, path: str) -> None:
        token = await lend(cast.ada, *EVERYTHING)
        assert (await client.get("/settings", headers=token.header)).status_code == 200
        assert (await client.get(path, headers=token.header)).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_another_site_may_not_write_with_a_token_either(cast: Cast, ask: Any, site: str) -> None:
    """Every unsafe request is checked, with a cookie or not (API.md, Who)."""
    token = await lend(cast.alice, "read", "write")
    refused(await ask(token, "POST", "/posts", POST, **{"Sec-Fetch-Site": site}), 403, "cross_site")
    refused(await ask(token, "POST", "/posts", POST, Origin="https://evil.example"), 403, "cross_site")
    shown(await ask(token, "GET", "/posts", **{"Sec-Fetch-Site": site}))
    shown(await ask(token, "POST", "/posts", POST), 201)


async def test_no_token_is_ever_logged(cast: Cast, serve: Callable[..., Server], database: Engine) -> None:
    """Not of a request that is slow, refused or failed, and not of a statement that is."""
    talkative = serve(slow_request_ms=1, slow_query_ms=1)
    good, bad = await lend(cast.alice, "read", "write"), Token(0, f"hub_{'b' * 43}")
    async with talkative.client() as client:
        for token in (good, bad):
            async with database.transaction():
                await database.fetch("LOCK TABLE api_tokens")
                slow = asyncio.create_task(client.get(f"{BASE}/me", headers=token.header))
                await waits_for_a_lock(database)
            await slow
            await client.get(f"{BASE}/me?access_token={token.text}")
            await client.post(f"{BASE}/posts", headers=token.header, json=POST)
            await client.post(f"{BASE}/posts", headers=token.header, content=b"{")
    talkative.terminate()
    output = talkative.output()
    assert "slow_request" in output
    assert output.count("FROM api_tokens") >= 2, "slow queries"
    for token in (good, bad):
        assert token.text[4:] not in output
        assert token.text[:12] not in output
