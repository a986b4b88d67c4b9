"""SQL and LIKE injection, in every filter, sort and id that a GET takes."""

from collections.abc import Callable

import httpx
import pytest

from app.database.engine import DB
from tests.api import BASE, shown
from tests.cast import Cast, Member, enter
from tests.writers import open_thread, write

Clients = Callable[[Member], httpx.AsyncClient]

SQL = [
    "'",
    "''",
    '"',
    "\\",
    "' OR '1'='1",
    "1 OR 1=1",
    "1; DROP TABLE posts; --",
    "'; SELECT pg_sleep(30); --",
    "$1",
    "%s",
    "{}",
    "1' UNION SELECT password FROM users --",
    "id desc; --",
    "created_at",
    "(SELECT password FROM users LIMIT 1)",
    "/*",
    "*/",
    "\u02bc OR 1=1",
    "%27%20OR%201=1",
    "null",
    "0x27",
    "E'\\x27'",
    "a'||'b",
    "COPY users TO PROGRAM 'id'",
]
LIKE = ["%", "_", "%%%", "____", "%alice%", "a%", "\\%", "%" * 200, "_" * 20]
FULL_TEXT = ["!", "&", "|", "( ", "a & !", "<->", ":*", "a:*", "'a' <-> 'b'", "((((", "-", "a -", '"a']
FILTERS = [
    ("/posts", "sort"),
    ("/posts", "tag"),
    ("/posts", "author"),
    ("/posts", "commented_by"),
    ("/posts", "following"),
    ("/posts", "q"),
    ("/posts", "page"),
    ("/posts", "per_page"),
    ("/posts", "order"),
    ("/users", "q"),
    ("/users", "role"),
    ("/users", "page"),
    ("/tags", "q"),
    ("/tags", "sort"),
    ("/notifications", "cursor"),
    ("/notifications", "unread"),
    ("/notifications", "limit"),
    ("/posts/{post}/comments", "after"),
    ("/posts/{post}/comments", "limit"),
    ("/channels/posts/events", "epoch"),
    ("/channels/posts/events", "after"),
    ("/channels/posts/events", "limit"),
]
PAGES = [
    ("/", "q"),
    ("/", "page"),
    ("/", "sort"),
    ("/tags/tea", "page"),
    ("/@alice", "page"),
    ("/posts/{post}/x", "after"),
    ("/notifications", "cursor"),
    ("/sign-in", "next"),
]


@pytest.mark.parametrize(("path", "name"), FILTERS, ids=str)
async def test_a_filter_is_a_value_and_nothing_else(cast: Cast, as_: Clients, path: str, name: str) -> None:
    post = await open_thread(cast.alice)
    await write(cast.bob, post, "Words.")
    mallory = as_(cast.mallory)
    for text in [*SQL, *LIKE, *FULL_TEXT]:
        answer = await mallory.get(BASE + path.format(post=post), params={name: text})
        assert answer.status_code in {200, 400, 404, 422}, (text, answer.text)
        said = answer.text.replace(text, "")
        assert not [leak for leak in ("argon2", "syntax error", "asyncpg", "SELECT") if leak in said]
    assert (await DB.fetch("SELECT count(*) FROM posts"))[0][0] == 1


@pytest.mark.parametrize(("path", "name"), PAGES, ids=str)
async def test_a_page_takes_it_as_a_value_too(cast: Cast, as_: Clients, path: str, name: str) -> None:
    post, mallory = await open_thread(cast.alice), as_(cast.mallory)
    for text in [*SQL, *LIKE, *FULL_TEXT]:
        answer = await mallory.get(path.format(post=post), params={name: text}, follow_redirects=True)
        assert answer.status_code < 500, text


PLACES = [
    "/posts/{}",
    "/comments/{}",
    "/users/{}",
    "/posts/{}/comments",
    "/tags/{}/follow",
    "/drafts/{}",
    "/channels/{}/events",
    "/channels/post:{}/events",
    "/posts/1/reactions/{}",
    "/sessions/{}",
    "/tokens/{}",
]


@pytest.mark.parametrize("place", PLACES)
async def test_a_name_in_the_path_is_a_name(cast: Cast, as_: Clients, place: str) -> None:
    mallory = as_(cast.mallory)
    for text in [*SQL, *LIKE]:
        part = "".join(f"%{byte:02x}" for byte in text.encode())
        for method in ("GET", "PUT", "DELETE"):
            answer = await mallory.request(method, BASE + place.format(part))
            assert answer.status_code < 500, (method, text, answer.text)
    for text in SQL:
        part = "".join(f"%{byte:02x}" for byte in text.encode())
        for path in (f"/@{part}", f"/tags/{part}", f"/posts/{part}/x", f"/uploads/{part}"):
            assert (await mallory.get(path)).status_code < 500
    assert (await DB.fetch("SELECT count(*) FROM users"))[0][0] == 5


async def test_signs_of_patterns_find_themselves_and_nothing_else(cast: Cast, as_: Clients) -> None:
    await enter("a_b")
    mallory = as_(cast.mallory)

    async def found(q: str) -> set[str]:
        return {user["username"] for user in shown(await mallory.get(f"{BASE}/users", params={"q": q}))}

    assert await found("_") == {"a_b"}
    assert await found("a_b") == {"a_b"}
    assert await found("a%b") == await found("%") == await found("\\_") == await found("al_ce") == set()
    assert await found("alice") == {"alice"}


async def test_of_a_post_filter_too(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    for title in ("100% pure tea", "Plain tea", "snake_case"):
        shown(await alice.post(f"{BASE}/posts", json={"title": title, "body": "words", "tags": ["tea"]}), 201)

    async def titles(**filters: str) -> list[str]:
        return [post["title"] for post in shown(await alice.get(f"{BASE}/posts", params=filters))]

    assert len(await titles(tag="tea")) == len(await titles(author="alice")) == 3
    for name in ("tag", "author", "commented_by"):
        for text in ("%", "te%", "t_a", "al%", "al_ce", "alic_"):
            assert await titles(**{name: text}) == [], (name, text)
    assert await titles(q="' OR true --") == []


async def test_what_is_written_is_kept_to_the_letter(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    for text in SQL:
        body = {"title": f"Words {text}", "body": f"Words {text}"}
        made = shown(await alice.post(f"{BASE}/posts", json=body), 201)
        assert (made["title"], made["body"]) == (body["title"], body["body"])
    assert (await DB.fetch("SELECT count(*) FROM posts"))[0][0] == len(SQL)
