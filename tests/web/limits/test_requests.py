"""Limits of requests, at real servers: who shares one, what counts, and what a refusal looks like."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from app.accounts.viewer import ANONYMOUS
from app.database.redis import connect
from app.web.errors import InvalidToken, Unavailable
from app.web.limits import layer
from tests.api import BASE, refused, shown
from tests.serving import Server
from tests.waiting import eventually
from tests.writers import open_thread

# Few enough to be used up, and too slow to come back meanwhile.
LIMITS = {
    "anonymous": "20/day", "account": "12/day", "address": "30/day",
    "posting": "3/day", "sign_in": "4/day", "registration": "4/day", "mail": "4/day",
}  # fmt: skip
PLAIN = "/robots.txt"


def limits(**rates: str) -> dict[str, str]:
    return {"rate_limits": "on", **{f"limit_{name}": rate for name, rate in rates.items()}}


async def forget() -> None:
    """Redis knows nothing of who has done how much."""
    client = connect()
    await client.flushdb()
    await client.aclose()


@pytest.fixture(autouse=True)
async def _start(database):
    await forget()


@pytest.fixture(scope="module")
def pair(_pool) -> Iterator[list[Server]]:
    """Two processes behind a proxy, with one Redis."""
    servers = [Server(trusted_proxies="127.0.0.1,10.0.0.0/8", **limits(**LIMITS)) for _ in range(2)]
    try:
        yield [server.start() for server in servers]
    finally:
        for server in servers:
            server.close()


@pytest.fixture
def limited(pair):
    return pair[0]


async def ask(client, times: int, path: str = PLAIN, **request) -> Counter[int]:
    answers = await asyncio.gather(*(client.request("GET", path, **request) for _ in range(times)))
    return Counter(answer.status_code for answer in answers)


async def ask_each(*asked) -> Counter[int]:
    """All of these at the same time: client and times."""
    return sum(await asyncio.gather(*(ask(client, times) for client, times in asked)), Counter())


def by_way_of(*addresses: str) -> dict[str, str]:
    return {"X-Forwarded-For": ", ".join(addresses)}


class TestSharing:
    async def test_two_processes_allow_together_exactly_what_one_would(self, pair):
        async with pair[0].client() as one, pair[1].client() as other:
            assert await ask(one, 5) + await ask(other, 5) == {200: 10}
            assert await ask_each((one, 50), (other, 50)) == {200: 10, 429: 90}

    async def test_a_member_has_one_allowance_wherever_they_are(self, pair, cast):
        async with pair[0].client(cast.alice.token) as alice, pair[1].client(cast.alice.token) as elsewhere:
            assert await ask(alice, 5, headers=by_way_of("203.0.113.1")) == {200: 5}
            assert await ask(elsewhere, 5, headers=by_way_of("203.0.113.2")) == {200: 5}
            assert await ask(alice, 5) == {200: 2, 429: 3}
        async with pair[0].client(cast.bob.token) as bob:
            assert await ask(bob, 12) == {200: 12}

    async def test_an_address_has_so_many_in_all_whoever_asks(self, limited, cast):
        clients = [limited.client(member.token) for member in (cast.alice, cast.bob, cast.mona)]
        assert await ask_each(*((client, 12) for client in clients)) == {200: 30, 429: 6}
        for client in clients:
            await client.aclose()

    async def test_what_is_static_and_health_are_free(self, limited):
        async with limited.client() as client:
            page = (await client.get("/")).text
            sheet = page.split('rel="stylesheet" href="')[1].split('"')[0]
            for path in (sheet, "/health", "/health/ready", "/favicon.ico", "/site.webmanifest"):
                assert await ask(client, 6, path) == {200: 6}, path
            assert await ask(client, 20) == {200: 19, 429: 1}

    async def test_what_nobody_knows_and_what_is_mounted_count_and_are_refused_too(self, limited, cast):
        async with limited.client() as client, limited.client(cast.ada.token) as ada:
            assert await ask(client, 22, "/no/such/page") == {404: 20, 429: 2}
            await forget()
            assert await ask(ada, 14, "/admin/") == {200: 12, 429: 2}

    async def test_off_is_off(self, serve):
        async with serve(**{**limits(anonymous="1/day"), "rate_limits": "off"}).client() as client:
            assert await ask(client, 20) == {200: 20}
            assert "ratelimit-limit" not in (await client.get(f"{BASE}/posts")).headers

    async def test_none_is_no_limit(self, serve):
        async with serve(**limits(anonymous="0/day", address="0/minute")).client() as client:
            assert await ask(client, 20) == {200: 20}


class TestAddress:
    async def test_one_who_invents_addresses_is_one_address(self, serve):
        server = serve(**limits(anonymous="3/day"))
        async with server.client() as client:
            for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP", "True-Client-IP"):
                await forget()
                tries = [await ask(client, 1, headers={header: f"203.0.113.{n}"}) for n in range(6)]
                assert sum(tries, Counter()) == {200: 3, 429: 3}, header

    async def test_behind_a_known_proxy_what_clients_say_before_it_is_not_believed(self, limited):
        """The last address that is no proxy of ours is the client's, whatever stands before it."""
        async with limited.client() as client:
            chains = [by_way_of(f"198.51.100.{n}", "203.0.113.9", "10.1.2.3") for n in range(22)]
            tries = [await ask(client, 1, headers=chain) for chain in chains]
            assert sum(tries, Counter()) == {200: 20, 429: 2}
            assert await ask(client, 1, headers=by_way_of("203.0.113.10")) == {200: 1}
            assert await ask(client, 1, headers=by_way_of("203.0.113.9")) == {429: 1}

    async def test_of_ipv6_a_whole_network_is_one(self, limited):
        async with limited.client() as client:
            tries = [await ask(client, 1, headers=by_way_of(f"2001:db8:1:2::{n:x}")) for n in range(1, 23)]
            assert sum(tries, Counter()) == {200: 20, 429: 2}
            assert await ask(client, 1, headers=by_way_of("2001:db8:1:3::1")) == {200: 1}
            assert await ask(client, 15, headers=by_way_of("::ffff:203.0.113.1")) == {200: 15}
            assert await ask(client, 6, headers=by_way_of("203.0.113.1")) == {200: 5, 429: 1}


class TestTighter:
    @pytest.mark.parametrize(
        ("path", "body"),
        [
            (f"{BASE}/session", {"email": "nobody@example.org", "password": "not the one"}),
            (f"{BASE}/registrations", {"username": "x"}),
            (f"{BASE}/email-verifications", {}),
            (f"{BASE}/password-resets", {}),
        ],
    )
    async def test_some_things_may_be_done_less_often_however_their_address_is_written(
        self, limited, path, body
    ):
        async with limited.client() as client:
            spelt = [path, f"{path}/", path.replace("/api", "//api"), path.replace("v1/", "v1//"), path]
            answers = [await client.request("POST", limited.url + one, json=body) for one in spelt]
            assert {answer.status_code for answer in answers[:4]} <= {400, 401, 404, 405, 422}
            refused(answers[4], 429, "rate_limited")
            assert await ask(client, 1) == {200: 1}

    async def test_posting_is_counted_by_member_on_pages_and_api_together(self, limited, cast):
        post = await open_thread(cast.alice)
        async with limited.client(cast.alice.token) as alice, limited.client(cast.bob.token) as bob:
            shown(await alice.post(f"{BASE}/posts/{post}/comments", json={"body": "one"}), 201)
            assert (await alice.post(f"/posts/{post}/comments", data={"body": "two"})).status_code == 303
            shown(await alice.post(f"{BASE}/posts", json={"title": "Three", "body": "three"}), 201)
            for spelt in (f"+{post}", str(post)):
                answer = await alice.post(f"{BASE}/posts/{spelt}/comments", json={"body": "four"})
                refused(answer, 429, "rate_limited")
            shown(await bob.post(f"{BASE}/posts/{post}/comments", json={"body": "bob's"}), 201)


class TestRefusal:
    async def test_the_api_says_how_often_and_when_again(self, limited):
        async with limited.client() as client:
            first = await client.get(f"{BASE}/posts")
            shown(first)
            assert first.headers["ratelimit-limit"] == "20"
            assert first.headers["ratelimit-remaining"] == "19"
            assert first.headers["ratelimit-policy"] == "20;w=86400"
            assert 4315 <= int(first.headers["ratelimit-reset"]) <= 4320
            assert "retry-after" not in first.headers
            await ask(client, 19)
            answer = await client.get(f"{BASE}/posts")
            errors = refused(answer, 429, "rate_limited")
            assert errors[0]["message"] == "That was a lot at once. Try again in 72 minutes."
            assert 4260 <= int(answer.headers["retry-after"]) <= 4320
            assert answer.headers["ratelimit-reset"] == answer.headers["retry-after"]
            assert answer.headers["ratelimit-remaining"] == "0"
            assert answer.headers["cache-control"] == "no-store"

    async def test_a_browser_gets_a_page_and_head_no_body(self, limited):
        async with limited.client() as client:
            await ask(client, 20)
            answer = await client.get("/")
            head = await client.head("/")
        assert (answer.status_code, head.status_code) == (429, 429)
        assert answer.headers["content-type"].startswith("text/html")
        assert "A moment, please" in answer.text
        assert "Try again in 72 minutes." in answer.text
        assert answer.headers["x-request-id"]
        assert "unsafe-inline" not in answer.headers["content-security-policy"]
        assert head.content == b""
        assert head.headers["retry-after"]

    async def test_a_reply_comes_back_and_is_taken_when_it_is_sent_again(self, limited, cast):
        post = await open_thread(cast.alice)
        path, form = f"/posts/{post}/comments", {"body": "Two <lines>\r\nof words", "key": "the-key"}
        async with limited.client(cast.alice.token) as alice:
            for number in range(3):
                assert (await alice.post(path, data={"body": f"Number {number}"})).status_code == 303
            page = await alice.post(path, data={**form, "parent_id": ""})
            assert page.status_code == 429
            assert page.headers["retry-after"]
            assert "Two &lt;lines&gt;\nof words</textarea>" in page.text
            assert f'action="{path}"' in page.text
            assert '<input type="hidden" name="key" value="the-key">' in page.text
            await forget()
            assert (await alice.post(path, data=form)).status_code == 303

    async def test_what_was_no_words_is_one_button(self, limited, cast):
        post = await open_thread(cast.bob)
        path, form = f"/posts/{post}/reactions", {"kind": "love"}
        async with limited.client(cast.alice.token) as alice:
            await ask(alice, 12)
            page = await alice.post(path, data=form)
            assert page.status_code == 429
            assert '<input type="hidden" name="kind" value="love">' in page.text
            assert "what you wrote" not in page.text
            await forget()
            assert (await alice.post(path, data=form)).status_code == 303

    async def test_a_post_comes_back_whole(self, limited, cast):
        form = {"title": "A title", "body": "Its words", "tags": "bread, tools", "key": "k"}
        async with limited.client(cast.alice.token) as alice:
            for number in range(3):
                assert (await alice.post("/posts", data={**form, "key": f"k{number}"})).status_code == 303
            page = await alice.post("/posts", data={**form, "key": "k4"})
        assert page.status_code == 429
        for words in ('value="A title"', "Its words</textarea>", 'value="bread, tools"', 'value="k4"'):
            assert words in page.text

    async def test_a_password_does_not_come_back(self, limited):
        form = {"email": "alice@example.org", "password": "the secret words", "next": "/posts/new"}
        async with limited.client() as client:
            for _ in range(4):
                await client.post("/sign-in", data=form)
            page = await client.post("/sign-in", data=form)
        assert page.status_code == 429
        assert "the secret words" not in page.text
        assert 'value="alice@example.org"' in page.text
        assert 'name="password" type="password"' in page.text

    async def test_another_sites_words_never_stand_in_a_form_of_ours(self, limited, cast):
        foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
        async with limited.client(cast.alice.token) as alice:
            for _ in range(5):
                answer = await alice.post("/posts", data={"title": "Bait", "body": "bait"}, headers=foreign)
                assert answer.status_code == 403
                assert "Bait" not in answer.text

    async def test_no_form_leads_to_another_site(self, limited, cast):
        async with limited.client() as client:
            await ask(client, 20)
            answer = await client.request("POST", f"{limited.url}//evil.example/x", data={"body": "words"})
        assert answer.status_code == 429
        assert "words</textarea>" in answer.text
        assert 'action="/"' in answer.text
        assert "evil.example" not in answer.text.split("<main")[1].split("</main")[0]

    async def test_what_is_too_large_or_no_form_is_not_read_for_its_words(self, limited, cast):
        async with limited.client(cast.alice.token) as alice:
            for _ in range(3):
                await alice.post("/posts", data={"title": "x"})
            for sent in (
                {"data": {"body": "x" * 400_000}}, {"files": {"body": b"x"}}, {"json": {"body": "x"}},
                {"data": {f"field{n}": "x" for n in range(60)}}, {"content": b"\xff", "headers": {
                    "Content-Type": "application/x-www-form-urlencoded"}},
            ):  # fmt: skip
                answer = await alice.post("/posts", **sent)
                assert answer.status_code == 429
                assert len(answer.text) < 50_000

    async def test_it_is_a_figure(self, limited):
        async def count(ring: str) -> float:
            text = (await client.get("/metrics")).text
            return float(text.split(f'hubbub_rate_limited_total{{ring="{ring}"}} ')[1].split("\n")[0])

        async with limited.client() as client:
            before = await count("registration")
            for _ in range(7):
                await client.post(f"{BASE}/registrations", json={})
            assert await count("registration") - before == 3


class TestRedis:
    async def test_one_round_trip_a_request_whatever_it_counts_in(self, limited, cast):
        async def calls() -> dict[str, int]:
            stats = await redis.info("commandstats")
            return {name: stats.get(f"cmdstat_{name}", {}).get("calls", 0) for name in ("eval", "evalsha")}

        redis = connect()
        async with limited.client(cast.alice.token) as alice:
            await alice.get(PLAIN)
            before = await calls()
            for _ in range(3):
                # One that is refused counts as well, and gives Redis no jobs.
                refused(
                    await alice.post(f"{BASE}/posts", json={"title": "A", "body": "words"}), 422, "too_short"
                )
            for path in ("/health", "/favicon.ico"):
                await alice.get(path)
            assert await calls() == {"eval": before["eval"], "evalsha": before["evalsha"] + 3}
        await redis.aclose()

    async def test_killed_hung_and_back_again(self, serve, redis_server):
        servers = [serve(redis_url=redis_server.url, **limits(anonymous="20/day")) for _ in range(2)]
        async with servers[0].client() as one, servers[1].client() as other:
            assert await ask(one, 12) == {200: 12}
            redis_server.kill()
            assert await ask(one, 12) == {200: 8, 429: 4}, "it goes on where it stood"
            assert await ask(other, 25) == {200: 20, 429: 5}, "the other had not heard"
            redis_server.start()
            redis_server.pause()
            assert await ask(one, 5) == {429: 5}
            redis_server.resume()

            async def together() -> bool:
                await redis_server.flush()
                return await ask_each((one, 1), (other, 1)) == {200: 2}

            # It knows nothing any more, so both may go on, and share what it counts from now.
            await eventually(together, "both ask Redis again")
            assert await ask_each((one, 30), (other, 30)) == {200: 18, 429: 42}


def test_while_postgresql_is_away_members_do_not_use_up_what_others_have() -> None:
    """Who asks cannot be known then; that is no reason to count them as nobody."""
    scope: dict[str, Any] = {"method": "GET", "path": "/", "client": ("203.0.113.1", 1)}
    unknown = {"viewer": ANONYMOUS, "refusal": Unavailable()}
    assert [ring.name for ring in layer._rings({**scope, "state": unknown})] == ["address"]
    mistaken = {"viewer": ANONYMOUS, "refusal": InvalidToken()}
    assert [ring.name for ring in layer._rings({**scope, "state": mistaken})] == ["anonymous", "address"]
