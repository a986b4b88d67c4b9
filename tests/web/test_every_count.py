"""No page and no list is left uncounted: the rest of them, and a look over the whole site map."""

import re

import pytest

from app.accounts import verification
from app.accounts.addresses import links as addresses
from app.accounts.addresses.services import ask_for_email
from app.accounts.mails import REGISTRATIONS
from app.accounts.resets import links as resets
from app.accounts.security.schemas import EmailChange
from app.accounts.set_up.services import offer_link
from app.database.engine import DB
from app.mail.lists.links import link_to_leave
from tests.accounts import test_queries as of_people
from tests.cast import PASSWORD, Cast, enter
from tests.drafts import test_costs as of_drafts
from tests.inside import cost, routes
from tests.web import test_queries as of_threads

# Asked by nobody in particular; `theme.css` and the like are here so that they never come to ask.
COSTS = {
    "/tags/bread": 3,
    "/posts/{post}": 1,
    "/feed.atom": 2,
    "/posts/{post}/feed.atom": 3,
    "/sitemap.xml": 1,
    "/sitemaps/1": 2,
    "/dev/mail": 1,
    "/dev/mail/{mail}": 1,
    "/dev/mail/{mail}/html": 1,
    "/email-verifications/{confirmation}": 1,
    "/farewell": 0,
    "/password-resets/new": 0,
    "/password-resets/{reset}": 1,
    "/set-up/{invitation}": 1,
    "/unsubscriptions/registrations/{ada}/{leave}": 2,
    "/sign-up": 1,
    "/sign-in/code": 0,
    "/metrics": 3,
    "/api/docs": 0,
    "/api/openapi.json": 0,
    "/api/asyncapi.json": 0,
    "/robots.txt": 0,
    "/favicon.svg": 0,
    "/favicon.ico": 0,
    "/apple-touch-icon.png": 0,
    "/icons/192.png": 0,
    "/site.webmanifest": 0,
    "/health": 0,
}
OF_BOB = {
    "/settings/export": 3,
    "/api/v1/exports/{export}": 2,
    "/api/v1/exports/{export}/file": 4,
    "/email-verifications": 2,
    "/email-changes/{change}": 2,
    "/notifications": 3,
    "/notifications?unread=true": 3,
    "/api/v1/notifications": 2,
    "/api/v1/notification-settings": 2,
    "/settings/notifications": 3,
}
# What has no cost of its own here, and why.
ELSEWHERE = {
    "/": "with its filters in test_queries",
    "/admin/jobs": "for admins alone: in tests/admin/jobs",
    "/admin": "tests/admin/test_lists counts what its pages ask for",
    "/live": "a socket; tests/live counts its reads",
    "/api/v1/channels/{channel}/events": "reads by the hub; tests/live counts them",
    "/health/ready": "asks one thing, and needs the hub that this process has not",
    "/theme.css": "there is none without an accent; made once at the start",
    "/logo": "there is none without the setting; read once at the start",
    "/api": "the description once more: Litestar serves it here too",
    "/api/{path}": "Litestar's answer to what is not there",
    "/api/docs/{asked}/{name}": "a file, read once at the start",
    "/static/{version}/{path}": "a file, read once at the start",
    "/posts/{post_id}/removal": "for moderators: in tests/moderation/test_pages",
    "/comments/{comment_id}/removal": "for moderators: in tests/moderation/test_pages",
    "/moderation": "for moderators alone: in tests/flags/test_pages",
    "/moderation/log": "for moderators alone: in tests/moderation/test_log",
    "/api/v1/moderation/log": "for moderators alone: in tests/moderation/test_log",
    "/users/{user_id}/management": "for moderators alone: in tests/accounts/test_management",
    "/users/{user_id}/deletion": "for admins alone: in tests/accounts/test_deletion",
    "/flags/new": "for one thing: in tests/flags/test_pages",
    "/api/v1/flags": "for moderators alone: in tests/flags/test_decisions",
    "/uploads/{file_name}": "in tests/accounts/test_queries",
}

_GROW = """
WITH post AS (
    INSERT INTO posts (author, title, body, body_html, excerpt, tags)
    SELECT $1, 'Post ' || n, 'x', 'x', 'x', ARRAY['bread'] FROM generate_series(1, $2::int) AS n RETURNING id
), comment AS (
    INSERT INTO comments (post, author, body, body_html, seq)
    SELECT id, $1, 'x', 'x', n FROM post, generate_series(1, 3) AS n
), mail AS (
    INSERT INTO mails (recipient, subject, text, html, message_id)
    SELECT 'a@example.org', 'x', 'x', '<p>x</p>', 'm' || id FROM post
), notification AS (
    INSERT INTO notifications ("user", kind, key, post, cause, seq)
    SELECT bob.id, 'reaction', 'reaction:post:' || post.id, post.id, 'own_post', post.id FROM post,
        (SELECT id FROM users WHERE username = 'bob') AS bob
    RETURNING id, post
), acting AS (
    INSERT INTO notification_actors (notification, actor)
    SELECT notification.id, users.id FROM notification, users WHERE username IN ('alice', 'mallory')
), reaction AS (
    INSERT INTO reactions ("user", post, kind)
    SELECT users.id, post.id, 'like' FROM post, users WHERE username IN ('alice', 'mallory')
), job AS (
    INSERT INTO outbox (job) SELECT 'recount_tags' FROM post
)
SELECT max(id) FROM post
"""


@pytest.mark.parametrize("path", COSTS)
async def test_it_takes_as_many_statements_with_many_rows(cast: Cast, path: str) -> None:
    names = await names_of(cast)
    few = await cost(path.format(**names))
    await grow(cast, 30)
    assert (few, await cost(path.format(**names))) == (COSTS[path], COSTS[path])


@pytest.mark.parametrize("path", OF_BOB)
async def test_so_does_a_page_of_ones_own(cast: Cast, path: str) -> None:
    path_of_bob = path.format(change=await change_of(cast), export=await export_of(cast))
    few = await cost(path_of_bob, cast.bob)
    await grow(cast, 30)
    assert (few, await cost(path_of_bob, cast.bob)) == (OF_BOB[path], OF_BOB[path])


def test_no_page_and_no_list_is_left_uncounted() -> None:
    with_costs = (COSTS, OF_BOB, of_people.COSTS, of_threads.LISTS, of_threads.OF_MEMBERS, of_drafts.COSTS)
    counted = {route_of(path) for costs in with_costs for path in costs}
    assert None not in counted, "a path that no route has"
    assert gets() - counted - set(ELSEWHERE) == set()
    assert set(ELSEWHERE) <= gets() | {"/admin", "/live"}


def gets() -> set[str]:
    """The path of everything that answers a GET, its parameters without their types."""
    found = {route.path for route in routes() if "GET" in getattr(route, "methods", ())}
    return {re.sub(r":\w+}", "}", path) for path in found}


def route_of(path: str) -> str | None:
    """Of the routes that a path with its names filled in could take, the one with the fewest parameters."""
    asked = re.sub(r"{\w+}", "1", path.partition("?")[0])
    able = [route for route in gets() if re.fullmatch(re.sub(r"{\w+}", "[^/]+", route), asked)]
    return min(able, key=lambda route: route.count("{"), default=None)


async def names_of(cast: Cast) -> dict[str, object]:
    post = await grow(cast, 3)
    await DB.fetch("UPDATE users SET role = 'member'")
    (mail,) = await DB.fetch("SELECT max(id) AS id FROM mails")
    return {
        "post": post,
        "mail": mail["id"],
        "confirmation": await verification.issue(cast.bob.id, cast.bob.email),
        "invitation": await offer_link(),
        "reset": await reset_of(cast),
        "leave": await leave_of(cast),
        "ada": cast.ada.id,
    }


async def reset_of(cast: Cast) -> str:
    issued = await resets.issue(cast.bob.email, "one")
    assert issued
    return issued.token


async def export_of(cast: Cast) -> int:
    rows = await DB.fetch(
        """WITH export AS (
            INSERT INTO exports ("user", status, progress, size, expires_at)
            VALUES ($1, 'done', 100, 3, now() + interval '1 day') RETURNING id
        ), part AS (INSERT INTO export_parts (export, number, body) SELECT id, 0, 'zip' FROM export)
        SELECT id FROM export""",
        cast.bob.id,
    )
    return int(rows[0]["id"])


async def leave_of(cast: Cast) -> str:
    return (await link_to_leave(REGISTRATIONS, cast.ada.id)).rpartition("/")[2]


async def change_of(cast: Cast) -> str:
    wanted = EmailChange(password=PASSWORD, email="bobby@example.org")
    await ask_for_email(cast.bob.viewer, wanted)
    (change,) = await DB.fetch("SELECT id FROM email_changes")
    issued = await addresses.issue(change["id"])
    assert issued
    return issued.token


async def grow(cast: Cast, count: int) -> int:
    """More of everything; the last post."""
    for number in range(count // 3):
        await enter(f"more_{count}_{number}")
    (row,) = await DB.fetch(_GROW, cast.alice.id, count)
    return int(row[0])
