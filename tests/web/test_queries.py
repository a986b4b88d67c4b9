"""How many statements each page and list takes: the same for three rows and for thirty."""

import warnings
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.cast import Cast, Member
from tests.counting import counting
from tests.tokens import lend
from tests.writers import open_thread, write

# Statements for an anonymous reader; one more, the session, for a member.
LISTS = {
    "/api/v1/posts": 2,
    "/api/v1/posts?sort=popular": 2,
    "/api/v1/posts?tag=bread&commented_by=bob": 2,
    "/api/v1/posts/{post}/comments": 3,
    "/api/v1/posts/{post}": 1,
    "/api/v1/posts/{post}/revisions": 2,
    "/api/v1/comments/{comment}": 1,
    "/api/v1/comments/{comment}/revisions": 2,
    "/": 3,
    "/posts/{post}/a-thread-to-write-in": 4,
    "/comments/{comment}": 4,
    "/?tag=bread": 3,
    "/?q=thread&sort=popular": 3,
    "/posts/{post}/revisions": 3,
    "/comments/{comment}/revisions": 4,
    "/@bob": 4,
    "/@bob/comments": 3,
    "/api/v1/tags": 2,
    "/sign-in": 1,
    "/dev/mail": 1,
}
# Pages of members, asked by bob, with his session's statement.
OF_MEMBERS = {
    "/posts/{post}/edit": 3,
    "/comments/{comment}/edit": 4,
    "/comments/{comment}/reply": 4,
    "/posts/new": 2,
    "/first-steps": 3,
    "/settings": 3,
    "/settings/email": 5,
    "/settings/password": 2,
    "/settings/look": 2,
    "/settings/following": 7,
    "/settings/sessions": 3,
    "/settings/tokens": 3,
    "/api/v1/users?q=b": 3,
    "/api/v1/sessions": 2,
    "/api/v1/blocks": 3,
    "/api/v1/tokens": 2,
    "/api/v1/me": 2,
}


@pytest.fixture
async def inside(cast: Cast) -> AsyncIterator[httpx.AsyncClient]:
    """The application in this process, so that its statements can be counted."""
    with warnings.catch_warnings():
        # Litestar says how 3.0 will want its dependencies named.
        warnings.simplefilter("ignore")
        from app.asgi import app  # noqa: PLC0415  # see above
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]  # an ASGI application, by another name
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", follow_redirects=True
    ) as client:
        yield client


async def grow(author: Member, count: int) -> tuple[int, int]:
    """That many posts with that many comments in one of them, nested; the post and its first comment."""
    for _ in range(count):
        post = await open_thread(author)
    first = await write(author, post, "first")
    for _ in range(count):
        await write(author, post, "more", parent_id=first)
    return post, first


@pytest.mark.parametrize("path", LISTS)
async def test_the_count_does_not_grow_with_the_rows(
    inside: httpx.AsyncClient, cast: Cast, path: str
) -> None:
    counts = []
    for size in (3, 30):
        post, comment = await grow(cast.bob, size)
        address = path.format(post=post, comment=comment)
        with counting() as statements:
            assert (await inside.get(address)).status_code == 200
        counts.append(len(statements))
        inside.cookies.set("hubbub_session", cast.alice.token)
        with counting() as as_member:
            assert (await inside.get(address)).status_code == 200
        counts.append(len(as_member) - 1)
        inside.cookies.clear()
    few, few_as_member, many, many_as_member = counts
    assert (many, many_as_member) == (few, few_as_member)
    assert many <= LISTS[path], statements


@pytest.mark.parametrize("path", OF_MEMBERS)
async def test_the_count_of_a_members_page_does_not_grow_either(
    inside: httpx.AsyncClient, cast: Cast, path: str
) -> None:
    counts = []
    inside.cookies.set("hubbub_session", cast.bob.token)
    for size in (3, 30):
        post, comment = await grow(cast.bob, size)
        for _ in range(size):
            await lend(cast.bob, "read")
        with counting() as statements:
            assert (await inside.get(path.format(post=post, comment=comment))).status_code == 200
        counts.append(len(statements))
    few, many = counts
    assert many == few
    assert many <= OF_MEMBERS[path], statements


async def test_a_repeated_statement_would_be_seen(inside: httpx.AsyncClient, cast: Cast) -> None:
    with counting() as statements:
        await grow(cast.bob, 3)
    assert len(statements) > 10
