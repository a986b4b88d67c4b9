"""Every class of error, in its envelope, from a real server."""

import httpx
import pytest

from tests.api import BASE, dressed, fields, refused, shown
from tests.writers import open_thread, write

POST = {"title": "A title", "body": "Some words"}


@pytest.fixture
def alice(as_, cast):
    return as_(cast.alice)


class Test400:
    @pytest.mark.parametrize(
        "body", [b"", b"{", b"nonsense", b"[]", b"1", b"null", b'"text"', b'{"title": "\xff"}', b"[" * 100_000,
                 b'{"title": "a", "title"}'],
        ids=repr,
    )  # fmt: skip
    async def test_a_body_that_is_no_json_object_is_bad_json(self, alice, body):
        headers = {"Content-Type": "application/json"}
        refused(await alice.post(f"{BASE}/posts", content=body, headers=headers), 400, "bad_json")

    @pytest.mark.parametrize("query", ["page=one", "page=", "per_page=1.5", "page=0x1"])
    async def test_a_query_that_cannot_be_parsed_is_bad_query(self, client, query):
        errors = refused(await client.get(f"{BASE}/posts?{query}"), 400, "bad_query")
        assert errors[0]["field"] == query.split("=")[0]

    async def test_an_unknown_body_field_is_told_by_name(self, alice):
        answer = await alice.post(f"{BASE}/posts", json={**POST, "colour": "red", "author": 1})
        assert fields(refused(answer, 400, "unknown_field", "unknown_field")) == {
            "author": "unknown_field", "colour": "unknown_field",
        }  # fmt: skip

    async def test_an_unknown_query_parameter_is_ignored(self, client):
        assert shown(await client.get(f"{BASE}/posts?colour=red")) == []


class Test401:
    async def test_who_is_not_signed_in_cannot_write(self, client, cast):
        post = await open_thread(cast.alice)
        comment = await write(cast.alice, post, "words")
        for method, path, body in (
            ("POST", "/posts", POST), ("PATCH", f"/posts/{post}", {"title": "Other"}),
            ("DELETE", f"/posts/{post}", None),
            ("POST", f"/posts/{post}/comments", {"body": "words"}),
            ("PATCH", f"/comments/{comment}", {"body": "other"}), ("DELETE", f"/comments/{comment}", None),
            ("PATCH", f"/comments/{comment}", {}), ("PATCH", f"/posts/{post}", {}),
            ("DELETE", f"/posts/{post}/removal", None), ("DELETE", f"/comments/{comment}/removal", None),
            ("GET", "/me", None),
        ):  # fmt: skip
            answer = await client.request(method, BASE + path, json=body)
            refused(answer, 401, "unauthenticated")

    @pytest.mark.parametrize("token", ["Bearer hub_made_up", "Bearer", "Basic YTpi", "hub_made_up"])
    async def test_a_bad_bearer_token_never_falls_back_to_the_cookie(self, alice, token):
        assert shown(await alice.get(f"{BASE}/me"))["username"] == "alice"
        for method, path in (("GET", "/me"), ("GET", "/posts"), ("POST", "/posts")):
            answer = await alice.request(
                method, BASE + path, headers={"Authorization": token}, json=POST if method == "POST" else None
            )
            refused(answer, 401, "invalid_token")

    async def test_wrong_credentials_do_not_tell_which_half_is_wrong(self, client, cast):
        answers = [
            await client.post(f"{BASE}/session", json={"email": email, "password": "not this one"})
            for email in (cast.alice.email, "nobody@example.org")
        ]
        messages = {refused(answer, 401, "invalid_credentials")[0]["message"] for answer in answers}
        assert len(messages) == 1


class Test403:
    async def test_what_is_anothers_is_forbidden(self, as_, cast):
        post = await open_thread(cast.alice)
        comment = await write(cast.alice, post, "words")
        mallory = as_(cast.mallory)
        shown(await mallory.get(f"{BASE}/posts/{post}"))
        refused(await mallory.patch(f"{BASE}/posts/{post}", json={"title": "Mine now"}), 403, "forbidden")
        refused(await mallory.delete(f"{BASE}/posts/{post}"), 403, "forbidden")
        refused(await mallory.patch(f"{BASE}/comments/{comment}", json={"body": "mine"}), 403, "forbidden")
        refused(await mallory.delete(f"{BASE}/comments/{comment}"), 403, "forbidden")
        for path in (f"/posts/{post}", f"/comments/{comment}"):
            refused(await mallory.patch(BASE + path, json={}), 403, "forbidden")

    @pytest.mark.parametrize("site", ["cross-site", "same-site"])
    async def test_an_unsafe_request_from_another_site_is_refused(self, client, alice, site):
        headers = {"Sec-Fetch-Site": site}
        for someone in (alice, client):
            refused(await someone.post(f"{BASE}/posts", json=POST, headers=headers), 403, "cross_site")
            refused(await someone.delete(f"{BASE}/session", headers=headers), 403, "cross_site")
            shown(await someone.get(f"{BASE}/posts", headers=headers))

    @pytest.mark.parametrize(
        "origin", ["https://evil.example", "null", "{url}.evil.example", "http://127.0.0.1:1", ""]
    )
    async def test_without_sec_fetch_site_a_foreign_origin_is_refused(self, alice, server, origin):
        headers = {"Origin": origin.format(url=server.url)}
        refused(await alice.post(f"{BASE}/posts", json=POST, headers=headers), 403, "cross_site")

    async def test_our_own_pages_and_programs_pass(self, alice, server):
        for headers in (
            {"Sec-Fetch-Site": "same-origin"},
            {"Sec-Fetch-Site": "none"},
            {"Origin": server.url},
            {},
        ):
            shown(await alice.post(f"{BASE}/posts", json=POST, headers=headers), 201)

    async def test_forms_of_other_sites_are_refused_too(self, alice, client):
        headers = {"Sec-Fetch-Site": "cross-site"}
        for path in ("/sign-out", "/posts", "/sign-in", "/sign-up"):
            answer = await alice.post(path, data={"title": "x"}, headers=headers)
            assert answer.status_code == 403
            dressed(answer)


class Test404:
    @pytest.mark.parametrize(
        "path", ["/posts/999999999", "/posts/0", "/posts/99999999999999999999999", "/comments/999999999",
                 "/posts/999999999/comments", "/posts/999999999/revisions", "/comments/999999999/revisions",
                 "/nothing", "/posts/abc", "/posts/1/nothing", ""],
    )  # fmt: skip
    async def test_what_is_not_there_is_not_found(self, client, path):
        refused(await client.get(BASE + path), 404, "not_found")

    async def test_a_removed_post_is_not_found_but_for_its_author_and_moderators(self, as_, client, cast):
        post = await open_thread(cast.alice)
        comment = await write(cast.bob, post, "words")
        assert (await as_(cast.alice).delete(f"{BASE}/posts/{post}")).status_code == 204
        paths = (f"/posts/{post}", f"/posts/{post}/comments", f"/posts/{post}/revisions", f"/comments/{comment}",
                 f"/comments/{comment}/revisions")  # fmt: skip
        for path in paths:
            for someone in (client, as_(cast.bob), as_(cast.mallory)):
                refused(await someone.get(BASE + path), 404, "not_found")
            for someone in (as_(cast.alice), as_(cast.mona), as_(cast.ada)):
                shown(await someone.get(BASE + path))
        assert post not in [one["id"] for one in shown(await as_(cast.alice).get(f"{BASE}/posts"))]


class TestOthers:
    async def test_405_says_what_is_allowed(self, client):
        answer = await client.put(f"{BASE}/posts", json={})
        refused(answer, 405, "method_not_allowed")
        assert "GET" in answer.headers["allow"]

    async def test_409_locked(self, as_, cast, database):
        post = await open_thread(cast.alice)
        comment = await write(cast.bob, post, "words")
        await database.fetch("UPDATE posts SET locked_at = now() WHERE id = $1", post)
        bob = as_(cast.bob)
        refused(await bob.post(f"{BASE}/posts/{post}/comments", json={"body": "more"}), 409, "locked")
        refused(await bob.patch(f"{BASE}/comments/{comment}", json={"body": "other"}), 409, "locked")
        shown(await as_(cast.mona).post(f"{BASE}/posts/{post}/comments", json={"body": "Closed."}), 201)

    async def test_409_key_reused(self, alice, cast):
        post = await open_thread(cast.alice)
        for path, body, other in (
            (f"/posts/{post}/comments", {"body": "words", "key": "k"}, {"body": "others", "key": "k"}),
            ("/posts", {**POST, "key": "k"}, {**POST, "title": "Another", "key": "k"}),
        ):
            first = shown(await alice.post(BASE + path, json=body), 201)
            assert shown(await alice.post(BASE + path, json=body), 200)["id"] == first["id"]
            refused(await alice.post(BASE + path, json=other), 409, "key_reused")

    async def test_413_a_body_that_is_too_large(self, alice):
        refused(await alice.post(f"{BASE}/posts", json={**POST, "body": "x" * 300_000}), 413, "too_large")

    @pytest.mark.parametrize(
        "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
    )
    async def test_415_a_body_that_is_not_json(self, alice, kind):
        answer = await alice.post(
            f"{BASE}/posts", content=b'{"title": "A title"}', headers={"Content-Type": kind}
        )
        refused(answer, 415, "unsupported_media_type")

    async def test_json_with_a_charset_is_json(self, alice):
        headers = {"Content-Type": "application/json; charset=utf-8"}
        body = b'{"title": "A title", "body": "Some words"}'
        shown(await alice.post(f"{BASE}/posts", content=body, headers=headers), 201)


class Test422:
    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            ({"title": ""}, "required"), ({"title": "ab"}, "too_short"), ({"title": "a" * 121}, "too_long"),
            ({"title": "   "}, "required"), ({"title": " ab "}, "too_short"), ({"title": 7}, "invalid"),
            ({"title": None}, "invalid"), ({"title": "nul \0 in it"}, "invalid"),
            ({"body": ""}, "required"), ({"body": " \n "}, "required"), ({"body": "a" * 10_001}, "too_long"),
            ({"body": []}, "invalid"), ({"tags": "one"}, "invalid"), ({"tags": ["a"]}, "too_short"),
            ({"tags": ["x" * 25]}, "too_long"), ({"tags": ["aa", "bb", "cc", "dd", "ee", "ff"]}, "too_long"),
            ({"tags": ["two words"]}, "invalid"), ({"tags": ["under_score"]}, "invalid"), ({"tags": [7]}, "invalid"),
            ({"tags": ["nul\0"]}, "invalid"),
            ({"key": ""}, "required"), ({"key": "x" * 65}, "too_long"), ({"key": "a b"}, "invalid"),
            ({"key": "a\n"}, "invalid"),
        ],
        ids=str,
    )  # fmt: skip
    async def test_a_post_with_a_wrong_value(self, alice, wrong, code):
        errors = refused(await alice.post(f"{BASE}/posts", json={**POST, **wrong}), 422, code)
        assert errors[0]["field"] == next(iter(wrong))

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            ({"body": ""}, "required"), ({"body": "a" * 10_001}, "too_long"), ({"body": None}, "invalid"),
            ({"parent_id": "1"}, "invalid"), ({"parent_id": 999_999_999}, "invalid"), ({"parent_id": 1.5}, "invalid"),
            ({"parent_id": 2**63}, "out_of_range"), ({"parent_id": -1}, "out_of_range"), ({"key": "ä"}, "invalid"),
        ],
        ids=str,
    )  # fmt: skip
    async def test_a_comment_with_a_wrong_value(self, alice, cast, wrong, code):
        post = await open_thread(cast.alice)
        errors = refused(
            await alice.post(f"{BASE}/posts/{post}/comments", json={"body": "words", **wrong}), 422, code
        )
        assert errors[0]["field"] == next(iter(wrong))

    async def test_values_at_the_limits_are_taken(self, alice):
        made = shown(
            await alice.post(f"{BASE}/posts", json={
                "title": "ö" * 120, "body": "😀" * 10_000, "tags": ["aa", "x" * 24, "C-3", "4d", "éé"], "key": "k" * 64,
            }), 201,
        )  # fmt: skip
        assert made["tags"] == ["aa", "x" * 24, "c-3", "4d", "éé"]
        assert len(made["title"]) == 120

    async def test_all_wrong_values_are_told_at_once(self, alice, client):
        answer = await alice.post(f"{BASE}/posts", json={"title": "", "tags": "x", "key": "?"})
        assert fields(answer.json()["errors"]) == {
            "title": "required", "body": "required", "tags": "invalid", "key": "invalid",
        }  # fmt: skip
        answer = await client.post(
            f"{BASE}/registrations", json={"username": "a", "email": "x", "password": "short"}
        )
        assert answer.status_code == 422
        assert fields(answer.json()["errors"]) == {
            "username": "too_short", "name": "required", "email": "invalid", "password": "too_short",
        }  # fmt: skip

    @pytest.mark.parametrize(
        "query", ["per_page=101", "per_page=0", "page=0", "page=-1", "page=99999999999999999999999"]
    )
    async def test_a_number_out_of_range(self, client, query):
        errors = refused(await client.get(f"{BASE}/posts?{query}"), 422, "out_of_range")
        assert errors[0]["field"] == query.split("=")[0]

    async def test_a_choice_that_is_none(self, client):
        refused(await client.get(f"{BASE}/posts?sort=best"), 422, "not_a_choice")


class Test500:
    async def test_an_internal_error_tells_its_request_id_and_nothing_else(self, alice, database):
        async with database.transaction():
            await database.execute(
                """CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE 'a secret of the database'; END $$;
                CREATE TRIGGER break BEFORE INSERT ON posts FOR EACH ROW EXECUTE FUNCTION break();"""
            )
        try:
            answer = await alice.post(f"{BASE}/posts", json=POST)
        finally:
            await database.fetch("DROP FUNCTION break CASCADE")
        refused(answer, 500, "internal")
        assert answer.headers["x-request-id"] in answer.text
        for secret in ("secret", "Raise", "asyncpg", "Traceback", "INSERT"):
            assert secret not in answer.text
        assert await database.fetch("SELECT 1 FROM posts") == []


async def test_a_request_id_that_came_along_is_kept_if_it_is_harmless(client):
    given = {"X-Request-Id": "abc-DEF_1234"}
    assert (await client.get("/", headers=given)).headers["x-request-id"] == "abc-DEF_1234"
    for odd in ("short", "x" * 65, "with blank in it", "<script>alert(1)</script>"):
        assert (await client.get("/", headers={"X-Request-Id": odd})).headers["x-request-id"] != odd


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/nothing", "/health", "/posts/999999999/x", "/static/nothing.css"]
)
async def test_every_answer_bears_the_same_headers(client: httpx.AsyncClient, path: str):
    dressed(await client.get(path))
