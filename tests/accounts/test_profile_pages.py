"""A member's page: under which names, what is on it, and what is not."""

import re
from collections.abc import Callable

import httpx
import pytest

from app.comments.removing import remove_comment
from app.comments.schemas import NewComment
from app.comments.services import post_comment
from app.database.engine import Engine
from app.posts.removing import remove_post
from app.posts.schemas import NewPost
from app.posts.services import publish_post
from tests.cast import Cast, Member
from tests.pictures import picture

Clients = Callable[[Member], httpx.AsyncClient]


async def write_post(member: Member, title: str) -> int:
    made, _ = await publish_post(member.viewer, NewPost(title=title, body="Some words."))
    return made.id


async def write_comment(member: Member, post_id: int, body: str) -> int:
    made, _ = await post_comment(member.viewer, post_id, NewComment(body=body))
    return made.id


def counts(html: str) -> list[str]:
    return re.findall(r'class="count">([\d,]+)<', html)


async def test_the_page_shows_who_it_is_and_what_they_posted(
    database: Engine, cast: Cast, client: httpx.AsyncClient
) -> None:
    await database.fetch(
        "UPDATE profiles SET bio = 'x', bio_html = '<p>A <em>reader</em>.</p>' WHERE \"user\" = $1",
        cast.alice.id,
    )
    await write_post(cast.alice, "What Alice found")
    await write_post(cast.bob, "What Bob found")
    answer = await client.get("/@alice")
    assert answer.status_code == 200
    assert "<h1>Alice</h1>" in answer.text
    assert "<p>A <em>reader</em>.</p>" in answer.text
    assert "What Alice found" in answer.text
    assert "What Bob found" not in answer.text
    assert "alice@example.org" not in answer.text
    assert counts(answer.text) == ["1", "0"]


async def test_the_other_tab_shows_their_comments_in_their_places(
    cast: Cast, client: httpx.AsyncClient
) -> None:
    post = await write_post(cast.bob, "A question of Bob")
    comment = await write_comment(cast.alice, post, "An *answer* of Alice.")
    await write_comment(cast.bob, post, "Thanks from Bob.")
    page = (await client.get("/@alice/comments")).text
    assert "An <em>answer</em> of Alice." in page
    assert f'href="/posts/{post}/a-question-of-bob"' in page
    assert f'href="/comments/{comment}"' in page
    assert "Thanks from Bob." not in page
    assert counts(page) == ["0", "1"]


@pytest.mark.parametrize(
    ("path", "right"),
    [("/@ALICE", "/@alice"), ("/@aLiCe/comments", "/@alice/comments"), ("/@Alice?page=2", "/@alice?page=2")],
)
async def test_another_spelling_leads_to_the_right_one(
    cast: Cast, client: httpx.AsyncClient, path: str, right: str
) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (301, right)


@pytest.mark.parametrize(
    "path",
    [
        "/@nobody",
        "/@nobody/comments",
        "/@",
        "/alice",
        "/@al%00ice",
        "/@al%25ce",
        "/@al_ce",
        "/@álice",
        "/@@alice",
    ],
)
async def test_nobody_has_no_page(cast: Cast, client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


async def test_what_was_removed_is_not_on_it_nor_counted(
    cast: Cast, client: httpx.AsyncClient, as_: Clients
) -> None:
    gone = await write_post(cast.alice, "A post that goes")
    kept = await write_post(cast.bob, "A post that stays")
    below = await write_post(cast.bob, "Another that goes")
    await write_comment(cast.alice, below, "Words below what goes.")
    await remove_post(cast.alice.viewer, gone)
    await remove_comment(cast.alice.viewer, await write_comment(cast.alice, kept, "Words that go."))
    assert counts((await client.get("/@alice")).text) == ["0", "1"]
    await remove_post(cast.bob.viewer, below)
    for reader in (client, as_(cast.alice), as_(cast.mona)):
        posts, comments = (await reader.get("/@alice")).text, (await reader.get("/@alice/comments")).text
        assert counts(posts) == counts(comments) == ["0", "0"]
        assert "A post that goes" not in posts
        assert "Words" not in comments


async def test_both_lists_have_pages(cast: Cast, client: httpx.AsyncClient) -> None:
    posts = [await write_post(cast.alice, f"Post number {number:02}") for number in range(21)]
    for number in range(21):
        await write_comment(cast.alice, posts[0], f"Comment number {number:02}.")
    for tab, what in (("", "Post"), ("/comments", "Comment")):
        first = (await client.get(f"/@alice{tab}")).text
        second = (await client.get(f"/@alice{tab}?page=2")).text
        assert f"{what} number 20" in first
        assert f"{what} number 00" not in first
        assert f'href="/@alice{tab}?page=2"' in first
        assert f"{what} number 00" in second
        assert f"{what} number 01" not in second
        past = await client.get(f"/@alice{tab}?page=3")
        assert past.status_code == 200
        assert "The list ends before this page." in past.text
    for nonsense in ("0", "-1", "x", "9" * 5000, "²"):
        assert (await client.get("/@alice", params={"page": nonsense})).status_code == 200


async def test_only_oneself_is_offered_to_edit(cast: Cast, client: httpx.AsyncClient, as_: Clients) -> None:
    assert "Edit profile" in (await as_(cast.alice).get("/@alice")).text
    for reader in (client, as_(cast.bob), as_(cast.ada)):
        assert "Edit profile" not in (await reader.get("/@alice")).text


async def test_names_and_faces_lead_to_it_from_everywhere(
    cast: Cast, client: httpx.AsyncClient, as_: Clients
) -> None:
    alice = as_(cast.alice)
    sent = await alice.put(
        f"/api/v1/users/{cast.alice.id}/avatar", files={"file": ("me.png", picture(), "image/png")}
    )
    small = sent.json()["data"]["avatar_url"].replace(".webp", "-64.webp")
    large = sent.json()["data"]["avatar_url"].replace(".webp", "-128.webp")
    post = await write_post(cast.alice, "Where names lead")
    await write_comment(cast.alice, post, "Hello.")
    for path in ("/", f"/posts/{post}/where-names-lead", "/@alice"):
        page = (await client.get(path)).text
        assert 'data-slot="name" href="/@alice">Alice</a>' in re.sub(r' id="[^"]*"', "", page)
        assert small in page
    assert large in (await client.get(f"/posts/{post}/where-names-lead")).text
    assert 'class="site-viewer" href="/@alice"' in (await alice.get("/")).text


async def test_a_name_cannot_break_out_of_the_page(
    database: Engine, cast: Cast, client: httpx.AsyncClient
) -> None:
    evil = '"><script>alert(1)</script>'
    await database.fetch('UPDATE profiles SET display_name = $2 WHERE "user" = $1', cast.mallory.id, evil)
    page = (await client.get("/@mallory")).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
