"""Tags: known as soon as a post has them."""

from app.database.engine import DB
from app.posts.schemas import NewPost, PostChange
from app.posts.services import edit_post, publish_post


async def test_tags_of_posts_and_edits_are_known_once(cast):
    post, _ = await publish_post(
        cast.alice.viewer, NewPost(title="A post", body="words", tags=["Tea", "tea"])
    )
    await publish_post(cast.bob.viewer, NewPost(title="Another", body="words", tags=["tea", "milk"]))
    await edit_post(cast.alice.viewer, post.id, PostChange(tags=["honey"]))
    names = [row["name"] for row in await DB.fetch("SELECT name FROM tags ORDER BY name")]
    assert names == ["honey", "milk", "tea"]


async def test_the_list_shows_tags_in_use_most_used_first(database, client):
    await DB.fetch("INSERT INTO tags VALUES ('tea', 2), ('milk', 5), ('unused', 0)")
    answer = (await client.get("/api/v1/tags")).json()
    assert [(tag["name"], tag["posts_count"]) for tag in answer["data"]] == [("milk", 5), ("tea", 2)]
    assert answer["meta"] == {"page": 1, "per_page": 20, "total": 2, "pages": 1}


async def test_a_tag_has_a_page_of_its_own(cast, client):
    await publish_post(cast.alice.viewer, NewPost(title="About tea", body="words", tags=["tea"]))
    await publish_post(cast.alice.viewer, NewPost(title="About milk", body="words", tags=["milk"]))
    page = (await client.get("/tags/tea")).text
    assert "About tea" in page
    assert "About milk" not in page
    assert 'href="/tags/tea?sort=recent"' in page
    moved = await client.get("/tags/TEA")
    assert (moved.status_code, moved.headers["location"]) == (301, "/tags/tea")
    assert "Nobody has written about nothing yet" in (await client.get("/tags/nothing")).text
