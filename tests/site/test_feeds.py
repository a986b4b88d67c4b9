"""Feeds, the sitemap and robots: parsed as others parse them, and only what anybody may see."""

import xml.etree.ElementTree as ET

from app.comments.removing import remove_comment
from app.comments.schemas import NewComment
from app.comments.services import post_comment
from app.database.engine import DB
from app.posts.removing import remove_post
from app.posts.schemas import NewPost
from app.posts.services import publish_post
from app.site.queries import read_front_feed, read_thread_feed
from tests.counting import counting

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


async def _post(cast, title="A thread", body="words"):
    return (await publish_post(cast.alice.viewer, NewPost(title=title, body=body)))[0]


def _texts(root, name):
    return [element.text for element in root.iter(name)]


async def test_the_front_feed_has_what_stands_and_nothing_that_was_removed(cast, client):
    kept, gone = await _post(cast, "Kept & <whole>", "a < b\x0b and `]]>`"), await _post(cast, "Gone")
    await remove_post(cast.alice.viewer, gone.id)
    answer = await client.get("/feed.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    root = ET.fromstring(answer.content)
    entries = root.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Kept & <whole>"]
    assert "a &lt; b" in (entries[0].findtext(f"{ATOM}content") or "")
    assert [kept.url in link.get("href", "") for link in entries[0].findall(f"{ATOM}link")] == [True]
    assert "Gone" not in answer.text


async def test_a_threads_feed_forgets_removed_comments_and_removed_posts(cast, client):
    post = await _post(cast)
    comments = [
        (await post_comment(cast.bob.viewer, post.id, NewComment(body=f"number {number}")))[0]
        for number in range(3)
    ]
    await remove_comment(cast.bob.viewer, comments[1].id)
    root = ET.fromstring((await client.get(f"/posts/{post.id}/feed.atom")).content)
    contents = _texts(root, f"{ATOM}content")
    assert ["number 2" in contents[0], "number 0" in contents[1], len(contents)] == [True, True, 2]
    await remove_post(cast.alice.viewer, post.id)
    assert (await client.get(f"/posts/{post.id}/feed.atom")).status_code == 404


async def test_a_feed_that_has_not_changed_is_not_sent_again(cast, client):
    await _post(cast)
    first = await client.get("/feed.atom")
    again = await client.get("/feed.atom", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await _post(cast, "Another")
    changed = await client.get("/feed.atom", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200


async def test_who_asks_by_time_learns_of_a_removal_too(cast, client):
    kept, gone = await _post(cast, "Kept"), await _post(cast, "Gone")
    await DB.fetch("UPDATE posts SET updated_at = now() - interval '1 hour'")
    first = await client.get("/feed.atom")
    since = {"If-Modified-Since": first.headers["last-modified"]}
    assert (await client.get("/feed.atom", headers=since)).status_code == 304
    await remove_post(cast.alice.viewer, gone.id)
    changed = await client.get("/feed.atom", headers=since)
    titles = [entry.findtext(f"{ATOM}title") for entry in ET.fromstring(changed.content).iter(f"{ATOM}entry")]
    assert titles == [kept.title]


async def test_ids_of_entries_stay_when_the_post_is_renamed_or_the_address_changes(cast, client):
    await _post(cast)
    here = ET.fromstring((await client.get("/feed.atom")).content)
    there = ET.fromstring((await client.get("/feed.atom", headers={"Host": "talk.example.org"})).content)
    assert _texts(here, f"{ATOM}id") == _texts(there, f"{ATOM}id")
    assert all(text.startswith("urn:uuid:") for text in _texts(here, f"{ATOM}id"))


async def test_a_host_that_is_none_does_not_get_into_a_document(cast, client):
    await _post(cast)
    for path in ("/feed.atom", "/sitemap.xml", "/robots.txt", "/"):
        answer = await client.get(path, headers={"Host": 'evil"><script>'})
        assert "evil" not in answer.text, path


async def test_the_sitemap_lists_posts_that_stand(cast, client):
    kept, gone = await _post(cast, "Kept"), await _post(cast, "Gone")
    await remove_post(cast.alice.viewer, gone.id)
    index = _texts(ET.fromstring((await client.get("/sitemap.xml")).content), f"{SITEMAP}loc")
    pages = [
        await client.get(address.partition("//")[2].partition("/")[2].join(["/", ""])) for address in index
    ]
    listed = [place for page in pages for place in _texts(ET.fromstring(page.content), f"{SITEMAP}loc")]
    assert any(place.endswith(kept.url) for place in listed)
    assert not any(place.endswith(gone.url) for place in listed)
    assert (await client.get("/sitemaps/999")).status_code == 404


async def test_robots_are_told_where_the_sitemap_is(client):
    lines = (await client.get("/robots.txt")).text.splitlines()
    assert lines[0] == "User-agent: *"
    assert lines[-1].endswith("/sitemap.xml")


async def test_feeds_take_no_query_an_entry(cast):
    async def statements(posts):
        for _ in range(posts):
            post = await _post(cast)
            await post_comment(cast.bob.viewer, post.id, NewComment(body="a comment"))
        with counting() as front:
            await read_front_feed()
        with counting() as thread:
            await read_thread_feed(post.id)
        return len(front), len(thread)

    assert await statements(1) == await statements(5) == (2, 3)
