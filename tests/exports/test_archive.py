"""What an archive holds: all that is one member's, and nothing of anybody else's."""

import pytest

from app.accounts.profiles.services import set_avatar
from app.comments.removing import remove_comment
from app.comments.schemas import CommentChange, NewComment
from app.comments.services import edit_comment, post_comment
from app.database import batches
from app.database.engine import DB, Engine
from app.exports.sections import SECTIONS
from app.posts.removing import remove_post
from app.posts.schemas import NewPost, PostChange
from app.posts.services import edit_post, publish_post
from app.reactions.services import Subject, add_reaction
from tests.cast import Cast
from tests.exports.reading import Opened, archive_of
from tests.pictures import picture

EVERY_JSON = {"about.json", *(f"{section.name}.json" for section in SECTIONS)}

# Where it is not one.
COUNTS = {
    "moderation-actions": 2,
    "comment-revisions": 2,
    "reactions": 2,
    "reads": 2,
    "followed-posts": 2,
    "followed-members": 4,
}

# A row of alice's for what no test above makes by the way.
MORE = """
INSERT INTO known_browsers ("user", token_hash) SELECT id, sha256(username::bytea) FROM users;
INSERT INTO email_verifications ("user", email, token_hash, expires_at)
    SELECT id, email, sha256(username::bytea), now() FROM users;
INSERT INTO email_changes ("user", email, token_hashes, expires_at)
    SELECT id, 'new-' || email, ARRAY[sha256(username::bytea)], now() FROM users;
INSERT INTO second_factors ("user", totp_secret) SELECT id, 'ASECRETOFTOTPTHATNOBODYMAYSEEABC' FROM users;
INSERT INTO recovery_codes ("user", code_hash) SELECT id, sha256(username::bytea) FROM users;
INSERT INTO api_tokens ("user", token_hash, name, scopes)
    SELECT id, sha256(username::bytea), 'A program of ' || username, ARRAY['read'] FROM users;
INSERT INTO suspensions ("user", moderator, reason) SELECT alice.id, mona.id, 'Too loud'
    FROM users AS alice, users AS mona WHERE alice.username = 'alice' AND mona.username = 'mona';
INSERT INTO suspensions ("user", moderator, reason) SELECT bob.id, alice.id, 'Far too loud'
    FROM users AS alice, users AS bob WHERE alice.username = 'alice' AND bob.username = 'bob';
INSERT INTO admin_changes (admin, admin_username, table_name, row_id, action, after)
    SELECT id, username, 'tags', '1', 'create', '{"name": "of somebody else"}' FROM users;
INSERT INTO exports ("user") SELECT id FROM users;
INSERT INTO flags (reporter, member, reason, note) SELECT users.id, mallory.id, 'abuse', 'Said by ' || users.username
    FROM users, users AS mallory WHERE mallory.username = 'mallory' AND users.id <> mallory.id;
UPDATE flags SET status = 'upheld', resolved_at = now(), resolver = alice.id FROM users AS alice, users AS ada
    WHERE alice.username = 'alice' AND ada.username = 'ada' AND reporter = ada.id;
INSERT INTO moderation_actions (actor, action, subject_type, subject_id, reason)
    SELECT one.id, action, 'user', two.id, 'Decided by ' || one.username
    FROM users AS one, users AS two, unnest(ARRAY['suspended', 'flag_upheld']) AS action
    WHERE one.username IN ('alice', 'mona') AND two.username IN ('alice', 'bob') AND one.id <> two.id;
INSERT INTO follow_settings ("user", own_posts) SELECT id, false FROM users;
INSERT INTO notification_settings ("user", kind, delivery) SELECT id, 'reply', 'daily' FROM users;
INSERT INTO digests ("user") SELECT id FROM users;
INSERT INTO unsubscriptions ("user", list) SELECT id, 'reports' FROM users;
INSERT INTO post_follows ("user", post, level) SELECT users.id, posts.id, 'muted' FROM users, posts
    ON CONFLICT DO NOTHING;
INSERT INTO reads ("user", post, comment) SELECT users.id, posts.id, 0 FROM users, posts;
INSERT INTO member_follows ("user", member) SELECT one.id, two.id FROM users AS one, users AS two
    WHERE one.id <> two.id;
INSERT INTO tags (name) VALUES ('bread');
INSERT INTO tag_follows ("user", tag) SELECT id, 'bread' FROM users;
INSERT INTO blocks ("user", member) SELECT one.id, two.id FROM users AS one, users AS two
    WHERE one.username IN ('alice', 'mallory') AND two.username = 'bob';
INSERT INTO drafts ("user", subject, body, version) SELECT id, 'new', 'Half of it by ' || username, 1 FROM users;
INSERT INTO reactions ("user", post, kind) SELECT users.id, posts.id, 'wow' FROM users, posts;
INSERT INTO notification_mails ("user") SELECT id FROM users;
INSERT INTO notifications ("user", kind, key, member, cause, seq, mailed)
    SELECT mail."user", 'follow', 'follow:' || bob.id, bob.id, 'followed', 1, mail.id
    FROM notification_mails AS mail, users AS bob WHERE bob.username = 'bob';
INSERT INTO notification_actors (notification, actor) SELECT id, member FROM notifications;
"""


async def test_somebody_who_did_nothing_has_an_archive_too(cast: Cast) -> None:
    opened = Opened(await archive_of(cast.alice.viewer))
    assert opened.names == EVERY_JSON | {"README.md", "comments.md", "more.md"}
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
    assert [row["body"] for row in opened.json("comment-revisions.json")] == ["Mine", "Taken back"]
    assert [(row["subject"], row["kind"]) for row in opened.json("reactions.json")] == [
        (f"post:{theirs.id}", "love")
    ]
    page = opened.text(f"posts/{mine.id}-tea-cake.md")
    assert page.startswith('---\ntitle: "Tea & \\"cake\\""\n')
    assert page.endswith("---\n\nWhich **one**?\n")
    assert "In “Of \\[bob\\]”" in opened.text("comments.md")
    assert opened.bytes("avatar.webp").startswith(b"RIFF")
    more = opened.text("more.md")
    assert "## Replies that were removed\n\n- id:" in more
    assert "\n\nWords that go\n" in more
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


async def test_every_section_tells_of_the_member_and_of_nobody_else(cast: Cast, database: Engine) -> None:
    mine, _ = await publish_post(cast.alice.viewer, NewPost(title="Mine", body="Before", tags=[]))
    gone, _ = await publish_post(cast.alice.viewer, NewPost(title="Gone", body="Gone", tags=[]))
    await edit_post(cast.alice.viewer, mine.id, PostChange(body="After"))
    comment, _ = await post_comment(cast.alice.viewer, mine.id, NewComment(body="A reply"))
    lost, _ = await post_comment(cast.alice.viewer, mine.id, NewComment(body="A lost reply"))
    await edit_comment(cast.alice.viewer, comment.id, CommentChange(body="A better reply"))
    await remove_comment(cast.alice.viewer, lost.id)
    await remove_post(cast.alice.viewer, gone.id)
    async with database.transaction():
        await database.execute(MORE)
    opened = Opened(await archive_of(cast.alice.viewer))
    more = opened.text("more.md")
    expected = {section.name: COUNTS.get(section.name, 1) for section in SECTIONS}
    assert {name: len(opened.json(f"{name}.json")) for name in expected} == expected
    for section in SECTIONS[2:]:
        assert f"\n## {section.title}\n\n- " in more
    (told,) = opened.json("notifications.json")
    assert (told["subject"], told["member"], told["actors"]) == (f"user:{cast.bob.id}", "bob", ["bob"])
    assert told["mailed_at"] is not None
    (factor,) = opened.json("second-factor.json")
    assert factor["recovery_codes"] == 1
    whole = b"".join(opened.bytes(name) for name in opened.names)
    assert opened.json("suspensions.json")[0].keys() == {"reason", "until", "created_at"}
    for words in ("by bob", "of somebody else", "ASECRETOFTOTPTHATNOBODYMAYSEEABC", "hash"):
        assert words.encode() not in whole, words


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
