"""Answers that are no errors: the envelope, ETag, 304, HEAD, pages of lists."""

import asyncio

import pytest

from tests.api import BASE, dressed, refused, shown
from tests.writers import open_thread, write


async def every_get(cast):
    """Addresses of everything that can be read, each with something in it."""
    post = await open_thread(cast.alice)
    comment = await write(cast.bob, post, "words")
    paths = ["/posts", f"/posts/{post}", f"/posts/{post}/comments", f"/posts/{post}/revisions",
             f"/comments/{comment}", f"/comments/{comment}/revisions", "/me", "/tags"]  # fmt: skip
    # Pages with a composer hold a fresh key each time.
    return [*(BASE + path for path in paths), "/", "/sign-in"]


async def test_every_get_has_an_etag_and_answers_304_to_it(as_, cast):
    alice = as_(cast.alice)
    for path in await every_get(cast):
        first = await alice.get(path, follow_redirects=True)
        assert first.status_code == 200, path
        tag = first.headers["etag"]
        for known in (tag, f'"other", {tag}', "*", tag.removeprefix("W/")):
            again = await alice.get(first.url, headers={"If-None-Match": known})
            assert (again.status_code, again.content) == (304, b""), path
            assert again.headers["etag"] == tag
            dressed(again)
        other = await alice.get(first.url, headers={"If-None-Match": '"other"'})
        assert other.status_code == 200, path


async def test_an_etag_changes_with_what_it_names_and_with_who_reads(as_, client, cast):
    post = await open_thread(cast.alice)
    path = f"{BASE}/posts/{post}"
    alice, tags = as_(cast.alice), set()
    tags.add((await client.get(path)).headers["etag"])
    tags.add((await alice.get(path)).headers["etag"])
    shown(await alice.patch(path, json={"title": "Another title"}))
    tags.add((await alice.get(path)).headers["etag"])
    assert len(tags) == 3


async def test_head_is_a_get_without_the_body(as_, cast):
    alice = as_(cast.alice)
    for path in await every_get(cast):
        whole = await alice.get(path, follow_redirects=True)
        head = await alice.head(whole.url)
        assert (head.status_code, head.content) == (200, b""), path
        assert head.headers["etag"] == whole.headers["etag"]
        assert head.headers["content-type"] == whole.headers["content-type"]
        dressed(head)
    assert (await alice.head(f"{BASE}/posts/999999999")).status_code == 404


async def test_answers_with_a_session_are_not_for_shared_caches(as_, cast):
    answer = await as_(cast.alice).get(f"{BASE}/me")
    assert "public" not in answer.headers.get("cache-control", "")


@pytest.fixture
async def posts(cast, database):
    """Twenty-five posts; their ids, the newest first."""
    made = [await open_thread(cast.alice if n % 2 else cast.bob, f"Thread number {n}") for n in range(25)]
    await database.fetch(
        "UPDATE posts SET comments_count = CASE WHEN id % 2 = 0 THEN 11 + id % 7 ELSE 10 END"
    )
    await database.fetch(
        "UPDATE posts SET last_activity_at = now() - make_interval(mins => (id * 7 % 25)::int)"
    )
    return made[::-1]


class TestPages:
    async def test_they_hold_all_rows_once(self, client, posts):
        seen, number = [], 1
        while page := shown(await client.get(f"{BASE}/posts?sort=recent&per_page=7&page={number}")):
            seen += [post["id"] for post in page]
            number += 1
        assert seen == posts
        assert number == 5

    async def test_meta_counts(self, client, posts):
        meta = (await client.get(f"{BASE}/posts?per_page=10&page=2")).json()["meta"]
        assert meta == {"page": 2, "per_page": 10, "total": 25, "pages": 3}
        meta = (await client.get(f"{BASE}/posts")).json()["meta"]
        assert meta == {"page": 1, "per_page": 20, "total": 25, "pages": 2}

    @pytest.mark.parametrize("page", [3, 1000, 10**12, 10**15])
    async def test_past_the_end_is_empty(self, client, posts, page):
        answer = await client.get(f"{BASE}/posts?page={page}")
        assert shown(answer) == []
        assert answer.json()["meta"]["total"] == 25

    async def test_of_nothing(self, client):
        answer = await client.get(f"{BASE}/posts")
        assert shown(answer) == []
        assert answer.json()["meta"] == {"page": 1, "per_page": 20, "total": 0, "pages": 0}

    async def test_a_hundred_is_the_most(self, client, posts):
        assert len(shown(await client.get(f"{BASE}/posts?per_page=100"))) == 25


class TestSortsAndFilters:
    async def test_active_recent_and_popular(self, client, posts, database):
        async def order(sort):
            return [post["id"] for post in shown(await client.get(f"{BASE}/posts?per_page=100&sort={sort}"))]

        by_activity = await database.fetch("SELECT id FROM posts ORDER BY last_activity_at DESC, id DESC")
        by_comments = await database.fetch(
            "SELECT id FROM posts WHERE comments_count > 10 ORDER BY comments_count DESC, id DESC"
        )
        assert await order("active") == [row["id"] for row in by_activity] != posts
        assert await order("recent") == posts
        assert await order("popular") == [row["id"] for row in by_comments]
        assert 0 < len(by_comments) < 25
        default = [post["id"] for post in shown(await client.get(f"{BASE}/posts?per_page=100"))]
        assert default == [row["id"] for row in by_activity]

    async def test_a_comment_moves_its_thread_to_the_top(self, client, posts, cast):
        await write(cast.bob, posts[-1], "still here")
        assert shown(await client.get(f"{BASE}/posts"))[0]["id"] == posts[-1]

    async def test_by_tag_author_commenter_and_words(self, client, as_, cast):
        alice = as_(cast.alice)
        body = {"body": "Words", "tags": ["Bread", "how-to"]}
        bread = shown(await alice.post(f"{BASE}/posts", json={**body, "title": "100% bread_dough"}), 201)[
            "id"
        ]
        other = await open_thread(cast.bob, "Something else")
        await write(cast.mallory, bread, "words")
        removed = await write(cast.mona, other, "words")
        assert (await as_(cast.mona).delete(f"{BASE}/comments/{removed}")).status_code == 204
        for query, found in (
            ("tag=bread", {bread}), ("tag=BREAD", {bread}), ("tag=brea", set()),
            ("author=alice", {bread}), ("author=ALICE", {bread}), ("author=nobody", set()),
            ("commented_by=mallory", {bread}), ("commented_by=mona", set()),
            ("q=dough", {bread}), ("q=BREAD_", {bread}), ("q=100%25", {bread}), ("q=%25", {bread}), ("q=_", {bread}),
            ("q=%20", {bread, other}), ("q=", {bread, other}), ("author=alice&q=else", set()),
            ("tag=bread&author=alice&sort=recent", {bread}), ("q=%5C", set()), ("tag=%27%3B--", set()),
        ):  # fmt: skip
            answer = await client.get(f"{BASE}/posts?{query}")
            assert {post["id"] for post in shown(answer)} == found, query
            assert answer.json()["meta"]["total"] == len(found), query

    async def test_a_nul_in_a_filter_is_no_error_of_ours(self, client):
        for name in ("q", "tag", "author", "commented_by"):
            refused(await client.get(f"{BASE}/posts?{name}=a%00"), 400, "bad_query")
        assert (await client.get("/@a%00b")).status_code == 404


class TestComments:
    async def test_they_come_in_stretches_in_order_of_id(self, client, cast):
        post = await open_thread(cast.alice)
        ids = [await write(cast.bob, post, f"{n}") for n in range(12)]
        seen, after = [], 0
        while after is not None:
            answer = await client.get(f"{BASE}/posts/{post}/comments?limit=5&after={after}")
            seen.append([comment["id"] for comment in shown(answer)])
            meta = answer.json()["meta"]
            assert (meta["channel"], meta["seq"]) == (f"post:{post}", 12)
            after = meta["next_after"]
        assert seen == [ids[:5], ids[5:10], ids[10:]]

    async def test_an_exact_stretch_has_none_after_it(self, client, cast):
        post = await open_thread(cast.alice)
        for n in range(5):
            await write(cast.bob, post, f"{n}")
        answer = await client.get(f"{BASE}/posts/{post}/comments?limit=5")
        assert answer.json()["meta"]["next_after"] is None

    async def test_fifty_are_the_default_and_a_hundred_the_most(self, client, cast):
        post = await open_thread(cast.alice)
        await asyncio.gather(*(write(cast.bob, post, f"{n}") for n in range(51)))
        assert len(shown(await client.get(f"{BASE}/posts/{post}/comments"))) == 50
        assert len(shown(await client.get(f"{BASE}/posts/{post}/comments?limit=100"))) == 51
        for query in ("limit=101", "limit=0", "after=-1", f"after={2**63}"):
            refused(await client.get(f"{BASE}/posts/{post}/comments?{query}"), 422, "out_of_range")
        refused(await client.get(f"{BASE}/posts/{post}/comments?after=x"), 400, "bad_query")
        assert shown(await client.get(f"{BASE}/posts/{post}/comments?after={2**63 - 1}")) == []
