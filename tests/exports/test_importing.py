"""What went out comes in again as it was: as a property of whatever people write, and case by case."""

from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.accounts.profiles.services import set_avatar
from app.comments.schemas import NewComment
from app.comments.services import post_comment
from app.database.engine import DB
from app.exports.importing import bring_in
from app.exports.opening import Archive, Unreadable
from app.posts.removing import remove_post
from app.posts.schemas import NewPost
from app.posts.services import publish_post
from app.reactions.services import Subject, add_reaction
from app.web.errors import Invalid
from tests.cast import Cast, Member, enter
from tests.exports.reading import Opened, archive_of
from tests.fixtures import _empty
from tests.pictures import picture

WORDS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=200
).filter(lambda text: text.strip() != "")
TITLES = WORDS.map(lambda text: f"On {text}"[:120])
TAGS = st.lists(st.sampled_from(["bread", "tea", "früh"]), unique=True, max_size=3)
# Replies to the post itself, or to one of the replies before.
REPLIES = st.lists(st.tuples(WORDS, st.integers(0, 9)), max_size=4)
POSTS = st.lists(st.tuples(TITLES, WORDS, TAGS, REPLIES), max_size=3)


async def write(member: Member, threads: list[Any]) -> None:
    for title, body, tags, replies in threads:
        post, _ = await publish_post(member.viewer, NewPost(title=title, body=body, tags=tags))
        written: list[int] = []
        for words, place in replies:
            parent = written[place] if place < len(written) else None
            comment, _ = await post_comment(member.viewer, post.id, NewComment(body=words, parent_id=parent))
            written.append(comment.id)
            await add_reaction(member.viewer, Subject("comment", comment.id), "love")


def told(body: bytes) -> dict[str, Any]:
    """An archive without what ids are called here: by their place."""
    opened = Opened(body)
    posts, comments = opened.json("posts.json"), opened.json("comments.json")
    place = {f"post:{post['id']}": number for number, post in enumerate(posts)}
    place |= {f"comment:{comment['id']}": number for number, comment in enumerate(comments)}
    owner = opened.json("about.json")["owner"]
    return {
        "owner": {name: owner[name] for name in ("username", "email", "name", "bio", "created_at")},
        "posts": [{**post, "id": 0} for post in posts],
        "comments": [
            {
                **comment, "id": 0, "post_id": place[f"post:{comment['post_id']}"],
                "parent_id": place.get(f"comment:{comment['parent_id']}"),
            }
            for comment in comments
        ],
        "reactions": sorted((place[r["subject"]], r["kind"]) for r in opened.json("reactions.json")),
    }  # fmt: skip


def archive_in(body: bytes, folder: Path) -> Archive:
    path = folder / "archive.zip"
    path.write_bytes(body)
    return Archive.open(path)


@given(threads=POSTS, elsewhere=st.booleans())
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_whatever_somebody_wrote_comes_back_as_it_was(
    database: Any, tmp_path: Path, threads: list[Any], elsewhere: bool
) -> None:
    await _empty(database)
    await write(await enter("alice"), threads)
    before = await archive_of((await member()).viewer)
    await _empty(database)
    if elsewhere:
        await DB.fetch("UPDATE installation SET id = gen_random_uuid()")
    archive = archive_in(before, tmp_path)
    await bring_in(archive)
    after = await archive_of((await member()).viewer)
    assert told(after) == told(before)
    _, again = await bring_in(archive)
    assert (again.posts, again.comments) == (0, 0)
    assert told(await archive_of((await member()).viewer)) == told(before)


async def member(username: str = "alice") -> Member:
    (row,) = await DB.fetch("SELECT id FROM users WHERE username = $1", username)
    return Member(row["id"], username, "member", "", 0)


async def test_counts_and_places_are_right(cast: Cast, tmp_path: Path) -> None:
    await write(cast.alice, [("A title", "Words", ["tea"], [("One", 9), ("Two", 0)])])
    archive = archive_in(await archive_of(cast.alice.viewer), tmp_path)
    await elsewhere()
    viewer, brought = await bring_in(archive)
    assert (brought.posts, brought.comments, brought.reactions, brought.left) == (1, 2, 2, 0)
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
    await post_comment(cast.bob.viewer, post.id, NewComment(body="Green"))
    of_alice = await archive_of(cast.alice.viewer)
    of_bob = await archive_of(cast.bob.viewer)
    await elsewhere()
    _, brought = await bring_in(archive_in(of_bob, tmp_path))
    assert (brought.comments, brought.left) == (0, 1)
    await bring_in(archive_in(of_alice, tmp_path))
    _, brought = await bring_in(archive_in(of_bob, tmp_path))
    assert (brought.comments, brought.left) == (1, 0)
    (row,) = await DB.fetch("SELECT body, users.username FROM comments JOIN users ON users.id = author")
    assert (row["body"], row["username"]) == ("Green", "bob")


async def test_where_all_of_it_is_here_nothing_comes_twice(cast: Cast, tmp_path: Path) -> None:
    await write(cast.alice, [("A title", "Words", [], [("One", 9)])])
    archive = archive_in(await archive_of(cast.alice.viewer), tmp_path)
    _, brought = await bring_in(archive)
    assert (brought.posts, brought.comments) == (0, 0)
    (post,) = await DB.fetch("SELECT id FROM posts")
    await remove_post(cast.alice.viewer, post["id"])
    _, brought = await bring_in(archive)
    assert (brought.posts, brought.comments) == (1, 1), "what was removed since comes back as another"


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
