"""Every route, pages and admin included, asked for in any way: none breaks."""

import asyncio
import re
from collections import Counter
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import strategies as st

from app.permissions.rows import SUBJECT
from app.permissions.table import ROUTES
from app.web.templates import FOLDER
from tests.cast import Cast, Member
from tests.fuzz import texts
from tests.fuzz.person import Person
from tests.fuzz.searching import search
from tests.serving import Server
from tests.writers import open_thread, write

SECONDS = 3.0
# What the forms and filters of our pages are called, as far as their names stand in the templates.
FIELDS = sorted({
    *(name for page in FOLDER.rglob("*.html") for name in re.findall(r'name="([a-z_]+)"', page.read_text())),
    "q", "page", "per_page", "sort", "tag", "author", "after", "limit", "epoch", "cursor", "next", "key", "parent_id",
    "__page", "__page_size", "__order", "__cursor", "__visible_fields", "__operator", "username__operator",
})  # fmt: skip
KINDS = [
    "application/json", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x",
    "text/plain", "application/json; charset=utf-16", "application/x-www-form-urlencoded; charset=nothing", "x", "",
]  # fmt: skip
# Behind one route, and another application.
PANEL = [
    *(("GET", f"/admin/api/{path}") for path in (
        "tables/", "tables/users/", "tables/users/{user_id}/", "tables/users/ids/", "tables/users/count/",
        "tables/users/schema/", "tables/users/references/", "tables/users/new/", "tables/{name}/", "tables/posts/",
    )),
    ("PATCH", "/admin/api/tables/users/{user_id}/"),
]  # fmt: skip
PLACES = [*((row.method, row.address) for row in ROUTES), *PANEL]

values = st.one_of(
    texts.short,
    st.integers().map(str),
    st.sampled_from(["1", "0", "-1", "true", "member", "/x", "//x", "\0", "9" * 400]),
)
pairs = st.lists(st.tuples(st.sampled_from(FIELDS), values), max_size=6)
bodies = st.one_of(
    st.none(), pairs, pairs, pairs.map(lambda all_: msgspec.json.encode(dict(all_))), st.binary(max_size=80),
    st.sampled_from([b"[" * 20_000, b"--x\r\n\r\n", b"--x--", b'--x\r\nContent-Disposition: form-data; name="file"']),
)  # fmt: skip


class Request(msgspec.Struct, frozen=True):
    """What is asked; `kind` is what its body is said to be, if that is not what it is."""

    method: str
    path: str
    query: list[tuple[str, str]]
    body: Any
    kind: str | None


def asked(things: dict[str, list[Any]]) -> st.SearchStrategy[Request]:
    """Of any route, three times in four about something that there is."""
    return st.sampled_from(ROUTES).flatmap(
        lambda row: st.builds(
            Request,
            st.just(row.method),
            _path(row.address, things),
            pairs,
            bodies,
            st.none() | st.sampled_from(KINDS),
        )
    )


def _path(address: str, things: dict[str, list[Any]]) -> st.SearchStrategy[str]:
    places = [
        st.one_of(*[st.sampled_from(things.get(name, [1, 2]))] * 3, values).map(
            lambda value: quote(str(value), safe="")
        )
        for name in SUBJECT.findall(address)
    ]
    return st.tuples(*places).map(lambda filled: SUBJECT.sub("{}", address).format(*filled))


@pytest.mark.parametrize("name", [None, "alice", "ada"])
async def test_no_route_breaks(server: Server, cast: Cast, name: str | None, minutes: float) -> None:
    post = await open_thread(cast.alice)
    comment = await write(cast.alice, post, "Words")
    things: dict[str, list[Any]] = {
        "post_id": [post], "comment_id": [comment], "user_id": [cast.alice.id, cast.bob.id],
        "username": ["alice", "nobody"], "channel": [f"post:{post}", "posts", "moderation"], "slug": ["a-thread"],
        "subject": ["new", f"post:{post}", f"reply:post:{post}"], "kind": ["like", "hate"], "name": ["tea", "x"],
    }  # fmt: skip
    member: Member | None = getattr(cast, name) if name else None
    person, met = Person(member), Counter[int]()

    def ask(request: Request) -> None:
        kind = {} if request.kind is None else {"Content-Type": request.kind}
        answer = person.session().request(
            request.method, server.url + request.path, params=request.query, data=request.body,
            headers={**person.headers, **kind}, allow_redirects=False, timeout=60,
        )  # fmt: skip
        met[answer.status_code] += 1
        assert answer.status_code < 500, answer.text

    await asyncio.to_thread(search, SECONDS * minutes, asked(things), ask, repeatable=False)
    assert met[200]
    assert met[404]
