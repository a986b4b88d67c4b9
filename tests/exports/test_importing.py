"""What comes in with an archive, case by case."""

from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from app.accounts.profiles.services import set_avatar
from app.accounts.viewer import Viewer
from app.comments.queries import get_comment
from app.comments.removing import remove_comment, restore_comment
from app.comments.schemas import NewComment
from app.comments.services import post_comment
from app.database.engine import DB
from app.drafts.schemas import DraftChange
from app.drafts.schemas import Subject as DraftSubject
from app.drafts.services import save_draft
from app.exports.importing import bring_in
from app.exports.opening import Unreadable
from app.follows.blocks import block_member
from app.follows.services import follow_member, follow_post
from app.posts.queries import get_post
from app.posts.removing import remove_post, restore_post
from app.posts.schemas import NewPost
from app.posts.services import publish_post
from app.reactions.services import Subject, add_reaction
from app.web.errors import Forbidden, Invalid
from tests.cast import Cast, Member
from tests.exports.reading import archive_in, archive_of
from tests.fixtures import _empty
from tests.pictures import picture


async def write(member: Member, threads: list[Any]) -> None:
    for title, body, tags, replies in threads:
        post, _ = await publish_post(member.viewer, NewPost(title=title, body=body, tags=tags))
        written: list[int] = []
        for words, place in replies:
            parent = written[place] if place < len(written) else None
            comment, _ = await post_comment(member.viewer, post.id, NewComment(body=words, parent_id=parent))
            written.append(comment.id)
            await add_reaction(member.viewer, Subject("comment", comment.id), "love")


async def test_counts_and_places_are_right(cast: Cast, tmp_path: Path) -> None:
    await write(cast.alice, [("A title", "Words", ["tea"], [("One", 9), ("Two", 0)])])
    archive = archive_in(await archive_of(cast.alice.viewer), tmp_path)
    await elsewhere()
    viewer, brought = await bring_in(archive)
    assert (brought.came, brought.left) == ({"posts": 1, "replies": 2, "reactions": 2, "follows": 1}, [])
    (post,) = await DB.fetch(
        "SELECT comments_count, last_activity_at FROM posts WHERE author = $1", viewer.id
    )
    rows = await DB.fetch(
        "SELECT depth, replies_count, seq, created_at FROM comments WHERE author = $1 ORDER BY id", viewer.id
    )
    assert post["comments_count"] == 2
    assert [(row["depth"], row["replies_count"], row["seq"]) for row in rows] == [(0, 1, 1), (1, 0, 2)]
    assert post["last_activity_at"] == rows[-1]["created_at"]
    assert len(await DB.fetch("SELECT FROM events WHERE kind IN ('post.created', 'comment.created')")) >= 3


async def elsewhere() -> None:
    """Another community, where nobody is yet."""
    await _empty(DB)
    await DB.fetch("UPDATE installation SET id = gen_random_uuid()")


async def test_a_reply_in_a_thread_that_is_not_here_waits_for_it(cast: Cast, tmp_path: Path) -> None:
    post, _ = await publish_post(cast.alice.viewer, NewPost(title="Tea", body="Which?", tags=[]))
    answer, _ = await post_comment(cast.bob.viewer, post.id, NewComment(body="Green"))
    of_alice = await archive_of(cast.alice.viewer)
    of_bob = await archive_of(cast.bob.viewer)
    await elsewhere()
    _, brought = await bring_in(archive_in(of_bob, tmp_path))
    assert (brought.came["replies"], brought.left) == (0, [f"reply {answer.id} to post {post.id}"])
    await bring_in(archive_in(of_alice, tmp_path))
    _, brought = await bring_in(archive_in(of_bob, tmp_path))
    assert (brought.came["replies"], brought.left) == (1, [])
    (row,) = await DB.fetch("SELECT body, users.username FROM comments JOIN users ON users.id = author")
    assert (row["body"], row["username"]) == ("Green", "bob")


async def test_where_all_of_it_is_here_nothing_comes_twice(cast: Cast, tmp_path: Path) -> None:
    await write(cast.alice, [("A title", "Words", [], [("One", 9)])])
    archive = archive_in(await archive_of(cast.alice.viewer), tmp_path)
    _, brought = await bring_in(archive)
    assert (brought.came, brought.left) == ({}, [])
    (post,) = await DB.fetch("SELECT id FROM posts")
    await remove_post(cast.alice.viewer, post["id"])
    _, brought = await bring_in(archive)
    assert (brought.came["posts"], brought.came["replies"]) == (1, 1), (
        "what was removed since comes back as another"
    )


async def test_the_picture_comes_along_and_no_role(cast: Cast, tmp_path: Path) -> None:
    await set_avatar(cast.ada.viewer, cast.ada.id, picture())
    archive = archive_in(await archive_of(cast.ada.viewer), tmp_path)
    await elsewhere()
    await bring_in(archive)
    (row,) = await DB.fetch(
        'SELECT role, activated_at, avatar FROM users JOIN profiles ON profiles."user" = users.id'
    )
    assert (row["role"], row["activated_at"]) == ("member", None)
    assert row["avatar"]


async def test_what_cannot_be_attached_is_named_and_comes_with_a_later_import(
    cast: Cast, tmp_path: Path
) -> None:
    post, _ = await publish_post(cast.bob.viewer, NewPost(title="Tea", body="Which?", tags=[]))
    await follow_member(cast.alice.viewer, cast.bob.id)
    await block_member(cast.alice.viewer, cast.mallory.id)
    await follow_post(cast.alice.viewer, post.id)
    await add_reaction(cast.alice.viewer, Subject("post", post.id), "love")
    await save_draft(cast.alice.viewer, DraftSubject("reply", "post", post.id), DraftChange(body="Green, I"))
    archive = archive_in(await archive_of(cast.alice.viewer), tmp_path)
    of_bob = await archive_of(cast.bob.viewer)
    await elsewhere()
    _, brought = await bring_in(archive)
    assert brought.came == {}
    assert brought.left == [
        f"reaction love to post:{post.id}", f"draft reply:post:{post.id}", f"following of post {post.id}",
        "block of mallory", "follow of bob",
    ]  # fmt: skip
    await bring_in(archive_in(of_bob, tmp_path))
    _, brought = await bring_in(archive)
    assert (brought.came, brought.left) == ({"reactions": 1, "drafts": 1, "follows": 2}, ["block of mallory"])
    _, brought = await bring_in(archive)
    assert (brought.came, brought.left) == ({}, ["block of mallory"])


async def test_what_was_removed_stays_unsaid_and_can_be_taken_back(cast: Cast, tmp_path: Path) -> None:
    kept, _ = await publish_post(cast.alice.viewer, NewPost(title="Tea", body="Which?", tags=[]))
    gone, _ = await publish_post(cast.alice.viewer, NewPost(title="Gone", body="Unsaid words", tags=["tea"]))
    reply, _ = await post_comment(cast.alice.viewer, kept.id, NewComment(body="An unsaid reply"))
    await post_comment(cast.alice.viewer, kept.id, NewComment(body="Below it", parent_id=reply.id))
    await post_comment(cast.alice.viewer, gone.id, NewComment(body="In the removed thread"))
    await remove_comment(cast.alice.viewer, reply.id)
    await remove_post(cast.alice.viewer, gone.id)
    archive = archive_in(await archive_of(cast.alice.viewer), tmp_path)
    await elsewhere()
    viewer, brought = await bring_in(archive)
    assert (brought.came["posts"], brought.came["replies"], brought.left) == (2, 3, [])
    told = str([row["data"] for row in await DB.fetch("SELECT data FROM events")])
    assert "Below it" in told
    assert "nsaid" not in told
    (post,) = await DB.fetch("SELECT comments_count FROM posts WHERE title = 'Tea'")
    assert post["comments_count"] == 1
    (row,) = await DB.fetch("SELECT id FROM posts WHERE title = 'Gone'")
    await restore_post(viewer, row["id"])
    assert (await get_post(Viewer(), row["id"])).body == "Unsaid words"
    (row,) = await DB.fetch("SELECT id FROM comments WHERE body = 'An unsaid reply'")
    await restore_comment(viewer, row["id"])
    assert (await get_comment(Viewer(), row["id"])).body == "An unsaid reply"
    assert await DB.fetch("SELECT FROM comment_revisions") == []


async def test_what_a_moderator_removed_its_author_does_not_bring_back(cast: Cast, tmp_path: Path) -> None:
    post, _ = await publish_post(cast.alice.viewer, NewPost(title="Gone", body="Unsaid words", tags=[]))
    await DB.fetch(
        "UPDATE posts SET removed_at = now(), removed_by = 'moderator', removed_reason = 'An advert' WHERE id = $1",
        post.id,
    )
    archive = archive_in(await archive_of(cast.alice.viewer), tmp_path)
    await elsewhere()
    viewer, _ = await bring_in(archive)
    (row,) = await DB.fetch("SELECT id, removed_reason FROM posts")
    assert row["removed_reason"] == "An advert"
    with pytest.raises(Forbidden):
        await restore_post(viewer, row["id"])


async def test_a_name_that_somebody_else_has_is_said(cast: Cast, tmp_path: Path) -> None:
    archive = archive_in(await archive_of(cast.alice.viewer), tmp_path)
    await DB.fetch("UPDATE users SET email = 'another@example.org' WHERE id = $1", cast.alice.id)
    with pytest.raises(Invalid):
        await bring_in(archive)
    viewer, _ = await bring_in(archive, "alice_too")
    assert viewer.username == "alice_too"


async def test_a_script_in_an_archive_stays_words(cast: Cast, tmp_path: Path) -> None:
    await write(cast.alice, [("A title", "<script>alert(1)</script> [x](javascript:alert(1))", [], [])])
    archive = archive_in(await archive_of(cast.alice.viewer), tmp_path)
    await elsewhere()
    await bring_in(archive)
    (row,) = await DB.fetch("SELECT body_html FROM posts")
    assert "<script" not in row["body_html"]
    assert "href" not in row["body_html"]


AT = '"updated_at": "2026-01-31T12:00:00Z"}]'


def spoiled(body: bytes, name: str, text: str) -> bytes:
    file = BytesIO()
    with ZipFile(BytesIO(body)) as old, ZipFile(file, "w") as new:
        for known in old.namelist():
            new.writestr(known, text if known == name else old.read(known))
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("posts.json", "[{}]"), ("comments.json", "no JSON"), ("about.json", '{"format": 2}'),
        ("reactions.json", '[{"subject": 1, "kind": "love"}]'),
        ("drafts.json", '[{"subject": "edit:user:1", "title": null, "body": "", "tags": [], ' + AT),
        ("blocks.json", '[{"username": "bob", "since": "yesterday"}]'),
        ("followed-posts.json", '[{"post_id": 1, "level": "loud", "since": "2026-01-31T12:00:00Z"}]'),
        ("stopped-mails.json", '[{"list": "a b", "created_at": "2026-01-31T12:00:00Z"}]'),
    ],
)  # fmt: skip
async def test_what_is_no_archive_is_refused_before_anything_is_written(
    cast: Cast, tmp_path: Path, name: str, text: str
) -> None:
    body = await archive_of(cast.alice.viewer)
    archive_in(body, tmp_path)
    with pytest.raises(Unreadable):
        archive_in(spoiled(body, name, text), tmp_path)
    with pytest.raises(Unreadable):
        archive_in(b"no ZIP file at all", tmp_path)


async def test_a_bomb_is_not_unpacked(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = await archive_of(cast.alice.viewer)
    monkeypatch.setattr("app.exports.opening.MOST_BYTES", 10)
    with pytest.raises(Unreadable, match="too large"):
        archive_in(body, tmp_path)
