"""Limits of requests, at real servers: who shares one, what counts, and what a refusal looks like."""

import asyncio
from collections import Counter

import pytest

from app.database.redis import connect
from tests.api import BASE, refused, shown
from tests.waiting import eventually
from tests.writers import open_thread


@pytest.fixture(autouse=True)
async def _forgotten(database):
    client = connect()
    await client.flushdb()
    await client.aclose()


@pytest.fixture
def limited(serve):
    """A server with limits, few enough to be reached and too slow to come back meanwhile."""

    def start(**given: str):
        plain = {"redis_url", "trusted_proxies"}
        return serve(rate_limits="on", **{k if k in plain else f"limit_{k}": v for k, v in given.items()})

    return start


async def ask(client, times: int, path: str = "/health/none", **request) -> Counter[int]:
    answers = await asyncio.gather(*(client.request("GET", path, **request) for _ in range(times)))
    return Counter(answer.status_code for answer in answers)


class TestSharing:
    async def test_two_processes_allow_together_exactly_what_one_would(self, limited):
        servers = [limited(anonymous="40/day") for _ in range(2)]
        async with servers[0].client() as one, servers[1].client() as other:
            assert await ask(one, 5, "/robots.txt") + await ask(other, 5, "/robots.txt") == {200: 10}
            counts = await asyncio.gather(ask(one, 100, "/robots.txt"), ask(other, 100, "/robots.txt"))
        assert sum(counts, Counter()) == {200: 30, 429: 170}

    async def test_a_member_has_one_allowance_wherever_they_are(self, limited, cast):
        server = limited(account="10/day", anonymous="3/day", trusted_proxies="127.0.0.1")
        async with server.client(cast.alice.token) as alice, server.client(cast.bob.token) as bob:
            for place in ("203.0.113.1", "203.0.113.2"):
                there = {"X-Forwarded-For": place}
                assert await ask(alice, 5, "/robots.txt", headers=there) == {200: 5}
            assert await ask(alice, 5, "/robots.txt") == {429: 5}
            assert await ask(bob, 5, "/robots.txt") == {200: 5}

    async def test_an_address_has_so_many_in_all_whoever_asks(self, limited, cast):
        server = limited(address="8/day")
        async with server.client(cast.alice.token) as alice, server.client(cast.bob.token) as bob:
            counts = await asyncio.gather(ask(alice, 10, "/robots.txt"), ask(bob, 10, "/robots.txt"))
        assert sum(counts, Counter()) == {200: 8, 429: 12}

    async def test_what_is_static_and_health_are_free(self, limited):
        server = limited(anonymous="2/day")
        async with server.client() as client:
            page = (await client.get("/")).text
            sheet = page.split('rel="stylesheet" href="')[1].split('"')[0]
            for path in (
                sheet,
                "/health",
                "/health/ready",
                "/favicon.ico",
                "/site.webmanifest",
            ):
                assert await ask(client, 4, path) == {200: 4}, path
            assert await ask(client, 3, "/") == {200: 1, 429: 2}

    async def test_what_nobody_knows_counts_and_is_refused_too(self, limited, cast):
        server = limited(anonymous="2/day", account="2/day")
        async with server.client() as client, server.client(cast.ada.token) as ada:
            assert await ask(client, 4, "/no/such/page") == {404: 2, 429: 2}
            assert (await ask(ada, 4, "/admin/"))[429] == 2

    async def test_off_is_off(self, serve):
        server = serve(rate_limits="off", limit_anonymous="1/day")
        async with server.client() as client:
            assert await ask(client, 20, "/robots.txt") == {200: 20}
            assert "ratelimit-limit" not in (await client.get(f"{BASE}/posts")).headers

    async def test_none_is_no_limit(self, limited):
        server = limited(anonymous="0/day", address="0/minute")
        async with server.client() as client:
            assert await ask(client, 20, "/robots.txt") == {200: 20}


class TestAddress:
    @pytest.mark.parametrize(
        "header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP", "True-Client-IP"]
    )
    async def test_one_who_invents_addresses_is_one_address(self, limited, header):
        server = limited(anonymous="3/day")
        async with server.client() as client:
            answers = [await client.get("/robots.txt", headers={header: f"203.0.113.{n}"}) for n in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 3

    async def test_behind_a_known_proxy_what_clients_say_before_it_is_not_believed(self, limited):
        server = limited(anonymous="3/day", trusted_proxies="127.0.0.1,10.0.0.0/8")
        async with server.client() as client:

            async def status(*chain):
                answer = await client.get("/robots.txt", headers={"X-Forwarded-For": ", ".join(chain)})
                return answer.status_code

            # The last address that no proxy of ours has is the client's, whatever stands before it.
            spoofed = [await status(f"198.51.100.{n}", "203.0.113.9", "10.1.2.3") for n in range(5)]
            assert spoofed == [200] * 3 + [429] * 2
            assert await status("203.0.113.10") == 200
            assert await status("203.0.113.9") == 429

    async def test_of_ipv6_a_whole_network_is_one(self, limited):
        server = limited(anonymous="3/day", trusted_proxies="127.0.0.1")
        async with server.client() as client:

            async def status(address):
                return (await client.get("/robots.txt", headers={"X-Forwarded-For": address})).status_code

            assert [await status(f"2001:db8:1:2::{n:x}") for n in range(1, 6)] == [200] * 3 + [429] * 2
            assert await status("2001:db8:1:3::1") == 200
            assert [await status(f"::ffff:203.0.113.{n}") for n in (1, 1, 1, 1)] == [200] * 3 + [429]


class TestTighter:
    @pytest.mark.parametrize(
        ("ring", "path", "body"),
        [
            ("sign_in", f"{BASE}/session", {"email": "nobody@example.org", "password": "not the one"}),
            ("registration", f"{BASE}/registrations", {"username": "x"}),
            ("mail", f"{BASE}/email-verifications", {}),
            ("posting", f"{BASE}/posts", {"title": "x"}),
        ],
    )  # fmt: skip
    async def test_some_things_may_be_done_less_often_however_the_address_is_written(
        self, limited, ring, path, body
    ):
        server = limited(**{ring: "4/day"})
        async with server.client() as client:
            spelt = [path, f"{path}/", path.replace("/api", "//api"), path.replace("v1/", "v1//"), path]
            answers = [await client.request("POST", server.url + one, json=body) for one in spelt]
            assert {answer.status_code for answer in answers[:4]} <= {401, 404, 422}
            refused(answers[4], 429, "rate_limited")
            assert (await client.get("/robots.txt")).status_code == 200

    async def test_posting_is_counted_by_member_on_pages_and_api_together(self, limited, cast):
        server = limited(posting="3/day")
        post = await open_thread(cast.alice)
        async with server.client(cast.alice.token) as alice, server.client(cast.bob.token) as bob:
            shown(await alice.post(f"{BASE}/posts/{post}/comments", json={"body": "one"}), 201)
            assert (await alice.post(f"/posts/{post}/comments", data={"body": "two"})).status_code == 303
            shown(await alice.post(f"{BASE}/posts", json={"title": "Three", "body": "three"}), 201)
            refused(
                await alice.post(f"{BASE}/posts/+{post}/comments", json={"body": "four"}), 429, "rate_limited"
            )
            shown(await bob.post(f"{BASE}/posts/{post}/comments", json={"body": "bob's"}), 201)


class TestRefusal:
    async def test_the_api_says_how_often_and_when_again(self, limited):
        server = limited(anonymous="2/hour")
        async with server.client() as client:
            first = await client.get(f"{BASE}/posts")
            shown(first)
            assert first.headers["ratelimit-limit"] == "2"
            assert first.headers["ratelimit-remaining"] == "1"
            assert first.headers["ratelimit-policy"] == "2;w=3600"
            assert 1795 <= int(first.headers["ratelimit-reset"]) <= 1800
            assert "retry-after" not in first.headers
            await client.get(f"{BASE}/posts")
            answer = await client.get(f"{BASE}/posts")
            errors = refused(answer, 429, "rate_limited")
            assert errors[0]["message"] == "That was a lot at once. Try again in 30 minutes."
            assert 1795 <= int(answer.headers["retry-after"]) <= 1800
            assert answer.headers["ratelimit-reset"] == answer.headers["retry-after"]
            assert answer.headers["ratelimit-remaining"] == "0"
            assert answer.headers["cache-control"] == "no-store"

    async def test_head_is_refused_as_get_is_without_a_body(self, limited):
        server = limited(anonymous="1/hour")
        async with server.client() as client:
            await client.get("/")
            answer = await client.head("/")
        assert (answer.status_code, answer.content) == (429, b"")
        assert answer.headers["retry-after"]

    async def test_a_browser_gets_a_page(self, limited):
        server = limited(anonymous="1/hour")
        async with server.client() as client:
            await client.get("/")
            answer = await client.get("/")
        assert answer.status_code == 429
        assert answer.headers["content-type"].startswith("text/html")
        assert "A moment, please" in answer.text
        assert "Try again in 60 minutes." in answer.text
        assert answer.headers["x-request-id"]
        assert "unsafe-inline" not in answer.headers["content-security-policy"]

    async def test_a_form_comes_back_with_its_words_and_can_be_sent_again(self, limited, cast):
        server = limited(posting="1/second")
        post = await open_thread(cast.alice)
        form = {"body": "Two <lines>\r\nof words", "key": "the-key", "parent_id": ""}
        async with server.client(cast.alice.token) as alice:
            answers = await asyncio.gather(
                *(alice.post(f"/posts/{post}/comments", data={**form, "key": f"key-{n}"}) for n in range(8))
            )
            page = next(answer for answer in answers if answer.status_code == 429)
            assert "Two &lt;lines&gt;\nof words</textarea>" in page.text
            assert f'action="/posts/{post}/comments"' in page.text
            assert 'type="hidden" name="key" value="key-' in page.text

            async def sent():
                return (await alice.post(f"/posts/{post}/comments", data=form)).status_code == 303

            await eventually(sent, "it is taken")

    async def test_a_post_form_comes_back_whole(self, limited, cast):
        server = limited(posting="1/day")
        form = {"title": "A title", "body": "Its words", "tags": "bread, tools", "key": "k"}
        async with server.client(cast.alice.token) as alice:
            assert (await alice.post("/posts", data=form)).status_code == 303
            page = await alice.post("/posts", data={**form, "key": "k2"})
        assert page.status_code == 429
        for words in ('value="A title"', "Its words</textarea>", 'value="bread, tools"', 'value="k2"'):
            assert words in page.text

    async def test_a_password_does_not_come_back(self, limited):
        server = limited(sign_in="1/day")
        form = {"email": "alice@example.org", "password": "the secret words", "next": "/posts/new"}
        async with server.client() as client:
            await client.post("/sign-in", data=form)
            page = await client.post("/sign-in", data=form)
        assert page.status_code == 429
        assert "the secret words" not in page.text
        assert 'value="alice@example.org"' in page.text
        assert 'name="password" type="password"' in page.text

    async def test_another_sites_words_never_stand_in_a_form_of_ours(self, limited, cast):
        server = limited(posting="1/day")
        foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
        async with server.client(cast.alice.token) as alice:
            for _ in range(3):
                answer = await alice.post("/posts", data={"title": "Bait", "body": "bait"}, headers=foreign)
                assert answer.status_code == 403
                assert "Bait" not in answer.text

    async def test_a_body_that_is_too_large_is_not_read_for_its_words(self, limited, cast):
        server = limited(posting="1/day")
        async with server.client(cast.alice.token) as alice:
            await alice.post("/posts", data={"title": "x"})
            answer = await alice.post("/posts", data={"body": "x" * 400_000})
        assert answer.status_code == 429
        assert len(answer.text) < 100_000

    async def test_it_is_a_figure(self, limited):
        server = limited(registration="1/day")
        async with server.client() as client:
            for _ in range(3):
                await client.post(f"{BASE}/registrations", json={})
            text = (await client.get("/metrics")).text
        assert 'hubbub_rate_limited_total{ring="registration"} 2.0' in text
        assert 'hubbub_rate_limited_total{ring="address"} 0.0' in text


class TestRedis:
    async def test_one_round_trip_a_request_whatever_it_counts_in(self, limited, cast):
        server = limited()
        async with server.client(cast.alice.token) as alice:
            await alice.get("/robots.txt")
            client = connect()
            before = (await client.info("commandstats")).get("cmdstat_evalsha", {}).get("calls", 0)
            for _ in range(5):
                shown(await alice.post(f"{BASE}/posts", json={"title": "A title", "body": "words"}), 201)
            for path in ("/health", "/favicon.ico"):
                await alice.get(path)
            stats = await client.info("commandstats")
            await client.aclose()
        assert stats["cmdstat_evalsha"]["calls"] - before == 5
        assert "cmdstat_eval" not in stats

    async def test_killed_hung_and_back_again(self, limited, redis_server):
        servers = [limited(anonymous="20/day", redis_url=redis_server.url) for _ in range(2)]
        async with servers[0].client() as one, servers[1].client() as other:
            assert await ask(one, 12, "/robots.txt") == {200: 12}
            redis_server.kill()
            assert await ask(one, 12, "/robots.txt") == {200: 8, 429: 4}, "it goes on where it stood"
            assert await ask(other, 25, "/robots.txt") == {200: 20, 429: 5}, "the other had not heard"
            redis_server.start()
            redis_server.pause()
            assert await ask(one, 5, "/robots.txt") == {429: 5}
            redis_server.resume()

            async def together():
                return (
                    sum(
                        (await asyncio.gather(ask(one, 1, "/robots.txt"), ask(other, 1, "/robots.txt"))),
                        Counter(),
                    )[429]
                    == 0
                )

            # Redis was empty when it came back: both may go on, and share what it has now.
            await eventually(together, "both ask Redis again")
            counts = await asyncio.gather(ask(one, 30, "/robots.txt"), ask(other, 30, "/robots.txt"))
            assert sum(counts, Counter())[200] < 20
