"""What went out comes in again as it was: as a property of whatever people write and choose."""

import json
import re
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.comments.removing import remove_comment
from app.comments.schemas import CommentChange, NewComment
from app.comments.services import edit_comment, post_comment
from app.database.engine import DB
from app.exports.importing import bring_in
from app.posts.removing import remove_post
from app.posts.schemas import NewPost, PostChange
from app.posts.services import edit_post, publish_post
from app.reactions.services import Subject, add_reaction
from tests.cast import Member, enter
from tests.exports.reading import Opened, archive_in, archive_of
from tests.fixtures import _empty

WORDS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=200
).filter(lambda text: text.strip() != "")
TITLES = WORDS.map(lambda text: f"On {text}"[:120])
TAGS = st.lists(st.sampled_from(["bread", "tea", "früh"]), unique=True, max_size=3)
FATES = st.sampled_from(["stands", "edited", "removed", "edited and removed"])
# Replies to the post itself, or to one of the replies before.
REPLIES = st.lists(st.tuples(WORDS, st.integers(0, 9), FATES), max_size=4)
POSTS = st.lists(st.tuples(TITLES, WORDS, TAGS, REPLIES, FATES), max_size=3)
LEVELS = st.sampled_from(["following", "muted", "normal"])
CHOICES = st.fixed_dictionaries(
    {
        "draft": WORDS, "level": LEVELS, "deliveries": st.dictionaries(
            st.sampled_from(["reply", "mention", "follow"]), st.sampled_from(["off", "in_app", "daily"])
        ),
        "own_posts": st.booleans(), "digest": st.booleans(), "stopped": st.booleans(), "read": st.booleans(),
    }
)  # fmt: skip

# What of an archive comes in; the rest is about another place.
FILES = [
    "posts", "removed-posts", "comments", "removed-comments", "post-revisions", "comment-revisions", "reactions",
    "drafts", "reads", "followed-posts", "followed-members", "followed-tags", "blocks", "follow-settings",
    "notification-settings", "digests", "stopped-mails", "notifications",
]  # fmt: skip

CHOOSE = """
INSERT INTO follow_settings ("user", own_posts) VALUES ({alice}, {own_posts});
INSERT INTO tags (name) VALUES ('bread') ON CONFLICT DO NOTHING;
INSERT INTO tag_follows ("user", tag) VALUES ({alice}, 'bread');
INSERT INTO member_follows ("user", member, since) SELECT {alice}, id, now() - interval '3 days' FROM users
    WHERE username = 'bob';
INSERT INTO blocks ("user", member, since) SELECT {alice}, id, now() - interval '2 days' FROM users
    WHERE username = 'mallory';
INSERT INTO digests ("user", sent_at) SELECT {alice}, now() WHERE {digest};
INSERT INTO unsubscriptions ("user", list) SELECT {alice}, 'reports' WHERE {stopped};
UPDATE post_follows SET level = '{level}' WHERE "user" = {alice};
INSERT INTO reads ("user", post, comment) SELECT {alice}, posts.id, coalesce(max(comments.id), 0)
    FROM posts LEFT JOIN comments ON comments.post = posts.id GROUP BY posts.id;
INSERT INTO notification_mails ("user", created_at) VALUES ({alice}, now() - interval '1 hour');
INSERT INTO notifications ("user", kind, key, member, cause, seq, read_at)
    SELECT {alice}, 'follow', 'follow:' || id, id, 'followed', 7, CASE WHEN {read} THEN now() END
    FROM users WHERE username = 'bob';
INSERT INTO notifications ("user", kind, key, post, cause, note, seq, mailed)
    SELECT {alice}, 'moderation', 'moderation:post:' || posts.id || ':abc', posts.id, 'removed', 'An advert', 9, mail.id
    FROM posts, notification_mails AS mail;
INSERT INTO notifications ("user", kind, key, comment, cause, seq)
    SELECT {alice}, 'reaction', 'reaction:comment:' || id, id, 'own_comment', 8 FROM comments;
INSERT INTO notification_actors (notification, actor) SELECT notifications.id, users.id
    FROM notifications, users WHERE username = 'bob' AND notifications.kind <> 'moderation'
"""


async def write(member: Member, threads: list[Any]) -> None:
    for title, body, tags, replies, fate in threads:
        post, _ = await publish_post(member.viewer, NewPost(title=title, body=body, tags=tags))
        written: list[int] = []
        for words, place, end in replies:
            parent = written[place] if place < len(written) else None
            comment, _ = await post_comment(member.viewer, post.id, NewComment(body=words, parent_id=parent))
            written.append(comment.id)
            await add_reaction(member.viewer, Subject("comment", comment.id), "love")
            if "edited" in end:
                await edit_comment(member.viewer, comment.id, CommentChange(body=f"{words[:100]}, better"))
            if "removed" in end:
                await remove_comment(member.viewer, comment.id)
        if "edited" in fate:
            await edit_post(member.viewer, post.id, PostChange(body=f"{body[:100]}, better"))
        if "removed" in fate:
            await remove_post(member.viewer, post.id)


async def choose(member: Member, choices: dict[str, Any]) -> None:
    named = {key: value for key, value in choices.items() if key not in {"draft", "deliveries"}}
    async with DB.transaction():
        await DB.execute(CHOOSE.format(alice=member.id, **named))
        for kind, delivery in choices["deliveries"].items():
            await DB.fetch(
                'INSERT INTO notification_settings ("user", kind, delivery) VALUES ($1, $2, $3)',
                member.id, kind, delivery,
            )  # fmt: skip
        for subject in ("'new'", "'reply:post:' || id", "'edit:post:' || id"):
            source = "" if subject == "'new'" else " FROM posts"
            await DB.fetch(
                f'INSERT INTO drafts ("user", subject, body, version) SELECT $1, {subject}, $2, 3{source}',
                member.id, choices["draft"],
            )  # fmt: skip


def told(body: bytes) -> dict[str, Any]:
    """An archive without what ids are called here: by their place."""
    opened = Opened(body)
    files = {name: opened.json(f"{name}.json") for name in FILES}
    place: dict[str, str] = {}
    for noun in ("post", "comment"):
        ids = sorted(row["id"] for row in files[f"{noun}s"] + files[f"removed-{noun}s"])
        place |= {f"{noun}:{number}": f"{noun}:#{index}" for index, number in enumerate(ids)}
    owner = opened.json("about.json")["owner"]
    return {
        "owner": {name: owner[name] for name in ("username", "email", "name", "bio", "created_at")},
        **{name: sorted((placed(row, place) for row in rows), key=json.dumps) for name, rows in files.items()},
    }  # fmt: skip


def placed(row: dict[str, Any], place: dict[str, str]) -> dict[str, Any]:
    """The numbers in it replaced: `id`, `post_id` and the like, and those within subjects and keys."""
    nouns = {"post_id": "post", "comment_id": "comment", "parent_id": "comment"}
    nouns["id"] = "comment" if "post_id" in row else "post"
    # The order of notifications is what counts; theirs is checked by itself.
    row = {key: value for key, value in row.items() if key != "place"}
    if row.get("kind") == "follow":
        row |= {"subject": "user:#", "key": "follow:#"}
    for key, value in row.items():
        if key in nouns:
            row[key] = place.get(f"{nouns[key]}:{value}", value)
        elif key in {"subject", "key"}:
            row[key] = re.sub(r"(post|comment):\d+", lambda match: place[match[0]], value)
    return row


@given(threads=POSTS, choices=CHOICES, elsewhere=st.booleans())
@settings(
    max_examples=8,
    deadline=None,
    # To make a failing case smaller takes minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_whatever_somebody_wrote_and_chose_comes_back_as_it_was(
    database: Any, tmp_path: Path, threads: list[Any], choices: dict[str, Any], elsewhere: bool
) -> None:
    await _empty(database)
    await enter("bob"), await enter("mallory")
    alice = await enter("alice")
    await write(alice, threads)
    await choose(alice, choices)
    before = await archive_of(alice.viewer)
    await _empty(database)
    await enter("bob"), await enter("mallory")
    if elsewhere:
        await DB.fetch("UPDATE installation SET id = gen_random_uuid()")
    archive = archive_in(before, tmp_path)
    viewer, brought = await bring_in(archive)
    assert brought.left == []
    after = await archive_of(viewer)
    assert told(after) == told(before)
    assert in_order(after) == in_order(before)
    again = await bring_in(archive)
    assert (again[1].came, again[1].left) == ({}, [])
    assert told(await archive_of(viewer)) == told(before)


def in_order(body: bytes) -> list[str]:
    """The kinds of notifications, as they stand in the list."""
    rows = Opened(body).json("notifications.json")
    return [row["kind"] for row in sorted(rows, key=lambda row: int(row["place"]))]
