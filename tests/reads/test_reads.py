"""Read positions: what is new since a member was here."""

from app.comments.removing import remove_comment
from app.comments.schemas import NewComment
from app.comments.services import post_comment
from app.posts.queries import Filter, list_posts
from app.posts.schemas import NewPost
from app.posts.services import publish_post
from tests.counting import counting


async def _thread(cast, comments=3):
    post, _ = await publish_post(cast.alice.viewer, NewPost(title="A thread", body="words"))
    made = [
        (await post_comment(cast.alice.viewer, post.id, NewComment(body=f"number {number}")))[0]
        for number in range(comments)
    ]
    return post, made


async def test_what_others_wrote_since_is_new(cast, as_):
    post, comments = await _thread(cast)
    bob = as_(cast.bob)
    read = await bob.put(f"/api/v1/posts/{post.id}/read", json={"comment_id": comments[0].id})
    assert read.json()["data"]["viewer"]["read_comment_id"] == comments[0].id
    assert read.json()["data"]["viewer"]["unread_count"] == 2
    await post_comment(cast.bob.viewer, post.id, NewComment(body="my own is not new to me"))
    await remove_comment(cast.alice.viewer, comments[1].id)
    listed = (await bob.get("/api/v1/posts")).json()["data"][0]["viewer"]
    assert (listed["unread_count"], listed["read_comment_id"]) == (1, comments[0].id)


async def test_a_position_only_moves_forwards(cast, as_):
    post, comments = await _thread(cast)
    bob = as_(cast.bob)
    for comment in (comments[2], comments[0]):
        answer = await bob.put(f"/api/v1/posts/{post.id}/read", json={"comment_id": comment.id})
    assert answer.json()["data"]["viewer"]["read_comment_id"] == comments[2].id


async def test_positions_that_make_no_sense_are_refused(cast, client, as_):
    _post, comments = await _thread(cast)
    other, _ = await _thread(cast)
    path = f"/api/v1/posts/{other.id}/read"
    assert (await client.put(path, json={"comment_id": 0})).status_code == 401
    bob = as_(cast.bob)
    assert (await bob.put(path, json={"comment_id": 0})).status_code == 200
    foreign = await bob.put(path, json={"comment_id": comments[0].id})
    assert (foreign.status_code, foreign.json()["errors"][0]["field"]) == (422, "comment_id")
    assert (await bob.put(path, json={"comment_id": -1})).status_code == 422
    assert (await bob.put("/api/v1/posts/999999/read", json={"comment_id": 0})).status_code == 404


async def test_unread_counts_take_no_query_a_row(cast):
    async def statements(posts):
        for _ in range(posts):
            await _thread(cast, 1)
        with counting() as seen:
            await list_posts(cast.bob.viewer, Filter(), 1, 100)
        return len(seen)

    assert await statements(1) == await statements(5) == 2
