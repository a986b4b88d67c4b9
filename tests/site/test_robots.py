"""The sitemap's blocks, and what a page tells other programs of itself."""

import re

import pytest

from app.posts.schemas import NewPost
from app.posts.services import publish_post
from app.site import queries
from tests.counting import counting


async def _posts(cast, *titles):
    return [
        (await publish_post(cast.alice.viewer, NewPost(title=title, body="Words.", tags=["tea"])))[0]
        for title in titles
    ]


async def test_every_post_stands_in_one_block_of_ids(cast, monkeypatch):
    posts = await _posts(cast, "One by one", "Two by two", "Three by three")
    monkeypatch.setattr(queries, "BLOCK", 2)
    blocks = [await queries.list_block(number) for number in range(1, await queries.last_block() + 1)]
    assert [url for block in blocks for url, _ in block] == [post.url for post in posts]
    assert max(map(len, blocks)) <= 2


async def test_the_sitemap_takes_no_query_a_post(cast):
    async def statements():
        with counting() as seen:
            await queries.list_block(await queries.last_block())
        return len(seen)

    await _posts(cast, "A post")
    first = await statements()
    await _posts(cast, "Another", "And another")
    assert await statements() == first == 2


@pytest.mark.parametrize("number", [0, 99_999])
async def test_a_page_that_the_index_does_not_name_is_not_there(cast, client, number):
    assert (await client.get(f"/sitemaps/{number}")).status_code == 404


async def test_a_thread_says_where_it_lives_and_what_it_is_about(cast, client):
    (post,) = await _posts(cast, 'A "quoted" title')
    root = str(client.base_url).rstrip("/")
    for address in (post.url, f"{post.url}?utm_source=elsewhere"):
        html = (await client.get(address)).text
        assert f'<link rel="canonical" href="{root}{post.url}">' in html
        assert re.search(r'property="og:title" content="A &#34;quoted&#34; title', html)
        assert f'property="og:url" content="{root}{post.url}"' in html
        assert f'href="/posts/{post.id}/feed.atom"' in html
        assert "noindex" not in html


@pytest.mark.parametrize("path", ["/sign-in", "/sign-up", "/?q=tea", "/no-such-page"])
async def test_what_is_no_page_of_its_own_is_not_to_be_listed(client, path):
    html = (await client.get(path)).text
    assert '<meta name="robots" content="noindex">' in html
    assert 'rel="canonical"' not in html
