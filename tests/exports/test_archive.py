"""What an archive holds: all that is one member's, and nothing of anybody else's."""

import pytest

from app.accounts.profiles.services import set_avatar
from app.comments.schemas import CommentChange, NewComment
from app.comments.services import edit_comment, post_comment, remove_comment
from app.database import batches
from app.database.engine import DB
from app.posts.schemas import NewPost, PostChange
from app.posts.services import edit_post, publish_post, remove_post
from app.reactions.services import Subject, add_reaction
from tests.cast import Cast
from tests.exports.reading import Opened, archive_of
from tests.pictures import picture

EVERY_JSON = {
    "about.json", "posts.json", "comments.json", "removed-posts.json", "removed-comments.json", "post-revisions.json",
    "comment-revisions.json", "reactions.json", "drafts.json", "followed-posts.json", "followed-members.json",
    "followed-tags.json", "blocks.json", "sessions.json", "tokens.json",
}  # fmt: skip


async def test_somebody_who_did_nothing_has_an_archive_too(cast: Cast) -> None:
    opened = Opened(await archive_of(cast.alice.viewer))
    assert opened.names == EVERY_JSON | {"README.md", "comments.md"}
    for name in EVERY_JSON - {"about.json", "sessions.json"}:
        assert opened.json(name) == []
    owner = opened.json("about.json")["owner"]
    assert (owner["username"], owner["email"]) == ("alice", "alice@example.org")


async def test_everything_of_ones_own_is_in_it(cast: Cast) -> None:
    alice, bob = cast.alice.viewer, cast.bob.viewer
    await set_avatar(alice, cast.alice.id, picture())
    mine, _ = await publish_post(alice, NewPost(title='Tea & "cake"', body="Which *one*?", tags=["tea"]))
    await edit_post(alice, mine.id, PostChange(body="Which **one**?"))
    gone, _ = await publish_post(alice, NewPost(title="Soon gone", body="Words that go", tags=[]))
    await remove_post(alice, gone.id)
    theirs, _ = await publish_post(bob, NewPost(title="Of [bob]", body="Bob's own words", tags=[]))
    first, _ = await post_comment(alice, theirs.id, NewComment(body="Mine"))
    await edit_comment(alice, first.id, CommentChange(body="Mine now"))
    second, _ = await post_comment(alice, theirs.id, NewComment(body="Taken back", parent_id=first.id))
    await remove_comment(alice, second.id)
    await post_comment(bob, mine.id, NewComment(body="Bob's reply"))
    await add_reaction(alice, Subject("post", theirs.id), "love")
    opened = Opened(await archive_of(alice))
    (post,) = opened.json("posts.json")
    assert (post["id"], post["title"], post["body"], post["tags"]) == (
        mine.id, 'Tea & "cake"', "Which **one**?", ["tea"],
    )  # fmt: skip
    (comment,) = opened.json("comments.json")
    assert (comment["body"], comment["post_id"], comment["post_title"]) == ("Mine now", theirs.id, "Of [bob]")
    assert [row["body"] for row in opened.json("removed-posts.json")] == ["Words that go"]
    assert [row["body"] for row in opened.json("removed-comments.json")] == ["Taken back"]
    assert [row["body"] for row in opened.json("post-revisions.json")] == ["Which *one*?"]
    assert [row["body"] for row in opened.json("comment-revisions.json")] == ["Mine"]
    assert [(row["subject"], row["kind"]) for row in opened.json("reactions.json")] == [
        (f"post:{theirs.id}", "love")
    ]
    page = opened.text(f"posts/{mine.id}-tea-cake.md")
    assert page.startswith('---\ntitle: "Tea & \\"cake\\""\n')
    assert page.endswith("---\n\nWhich **one**?\n")
    assert "In “Of \\[bob\\]”" in opened.text("comments.md")
    assert opened.bytes("avatar.webp").startswith(b"RIFF")
    whole = b"".join(opened.bytes(name) for name in opened.names)
    assert b"Bob's own words" not in whole
    assert b"Bob's reply" not in whole


async def test_drafts_follows_and_blocks_are_in_it(cast: Cast) -> None:
    await DB.fetch(
        """INSERT INTO drafts ("user", subject, body, tags, version)
        SELECT id, 'new', 'Half of it by ' || username, '{}', 1 FROM users""",
    )
    await DB.fetch("INSERT INTO tags (name) VALUES ('bread'), ('tea')")
    await DB.fetch("""INSERT INTO tag_follows ("user", tag) SELECT $1, name FROM tags""", cast.alice.id)
    for table in ("member_follows", "blocks"):
        await DB.fetch(
            f'INSERT INTO {table} ("user", member) VALUES ($1, $2)', cast.alice.id, cast.mallory.id
        )
    opened = Opened(await archive_of(cast.alice.viewer))
    assert [row["body"] for row in opened.json("drafts.json")] == ["Half of it by alice"]
    assert [row["tag"] for row in opened.json("followed-tags.json")] == ["bread", "tea"]
    assert [row["username"] for row in opened.json("followed-members.json")] == ["mallory"]
    assert [row["username"] for row in opened.json("blocks.json")] == ["mallory"]


async def test_nothing_in_it_opens_anything(cast: Cast) -> None:
    await DB.fetch("UPDATE users SET admin_notes = 'A word among admins'")
    opened = Opened(await archive_of(cast.alice.viewer))
    whole = b"".join(opened.bytes(name) for name in opened.names)
    (row,) = await DB.fetch("SELECT password FROM users WHERE id = $1", cast.alice.id)
    for secret in (row["password"], cast.alice.token, "argon2", "token_hash", "A word among admins"):
        assert secret.encode() not in whole
    assert b"alice@example.org" in whole


async def test_many_rows_come_in_batches_and_each_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    await DB.fetch(
        """INSERT INTO posts (author, title, body, body_html, excerpt, tags)
        SELECT $1, 'Post ' || n, 'x', 'x', 'x', '{}' FROM generate_series(1, 1201) AS n""",
        cast.alice.id,
    )
    opened = Opened(await archive_of(cast.alice.viewer))
    assert [post["title"] for post in opened.json("posts.json")] == [f"Post {n}" for n in range(1, 1202)]
    assert len([name for name in opened.names if name.startswith("posts/")]) == 1201
    assert batches.BATCH < 1201
