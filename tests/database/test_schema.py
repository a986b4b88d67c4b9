"""What the database itself refuses, and that Piccolo's classes say what the tables are."""

import asyncpg
import pytest
from piccolo.columns import Array, Column, ForeignKey, Varchar

from app.database.engine import Engine
from app.piccolo_app import APP_CONFIG
from tests.cast import Cast

COLUMNS = """
SELECT column_name, data_type, character_maximum_length, is_nullable = 'YES' AS nullable
FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1
"""
TYPES = {
    "BIGSERIAL": "bigint", "BIGINT": "bigint", "SMALLINT": "smallint", "TEXT": "text", "JSONB": "jsonb",
    "BYTEA": "bytea", "UUID": "uuid", "TIMESTAMPTZ": "timestamp with time zone", "VARCHAR": "character varying",
    "BOOLEAN": "boolean",
}  # fmt: skip
# Columns that Piccolo has no type for, or no use.
UNLISTED = {"installation": {"singleton"}, "events": {"xid"}}


TABLES = {table._meta.tablename: table for table in APP_CONFIG.table_classes}


@pytest.mark.parametrize("name", TABLES)
async def test_the_classes_agree_with_the_tables(database: Engine, name: str) -> None:
    table = TABLES[name]
    rows = {row["column_name"]: row for row in await database.fetch(COLUMNS, name)}
    assert rows
    assert {column._meta.db_column_name for column in table._meta.columns} == rows.keys() - UNLISTED.get(
        name, set()
    )
    for column in table._meta.columns:
        assert describe(column) == described(rows[column._meta.db_column_name]), column._meta.name


def describe(column: Column) -> tuple[str, int | None, bool]:
    null = column._meta.null
    if isinstance(column, ForeignKey):
        column = column._foreign_key_meta.resolved_references._meta.primary_key
    length = column.length if isinstance(column, Varchar) else None
    kind = "ARRAY" if isinstance(column, Array) else TYPES[column.column_type.split("(")[0]]
    return kind, length, null


def described(row: asyncpg.Record) -> tuple[str, int | None, bool]:
    return row["data_type"], row["character_maximum_length"], row["nullable"]


BAD_ROWS = {
    "a username of two letters": "UPDATE users SET username = 'ab'",
    "a username with a blank": "UPDATE users SET username = 'a b c'",
    "another's username in capitals": "UPDATE users SET username = 'ALICE' WHERE username = 'bob'",
    "an e-mail in capitals": "UPDATE users SET email = 'ALICE@example.org' WHERE username = 'alice'",
    "another's e-mail": "UPDATE users SET email = 'alice@example.org' WHERE username = 'bob'",
    "an e-mail without @": "UPDATE users SET email = 'alice' WHERE username = 'alice'",
    "an unknown role": "UPDATE users SET role = 'king'",
    "a negative count of posts": "UPDATE users SET posts_count = -1",
    "a second profile": 'INSERT INTO profiles ("user") SELECT id FROM users',
    "a profile of nobody": 'INSERT INTO profiles ("user") VALUES (0)',
    "an empty display name": "UPDATE profiles SET display_name = ''",
    "a bio of 501 letters": "UPDATE profiles SET bio = repeat('a', 501)",
    "a session token that is no hash": "UPDATE sessions SET token_hash = 'token'",
    "two sessions of one token": "UPDATE sessions SET token_hash = sha256('a')",
    "a title of two letters": "UPDATE posts SET title = 'ab'",
    "a title of 121 letters": "UPDATE posts SET title = repeat('a', 121)",
    "an empty post": "UPDATE posts SET body = ''",
    "a post of 10,001 letters": "UPDATE posts SET body = repeat('a', 10001)",
    "six tags": "UPDATE posts SET tags = ARRAY['aa','bb','cc','dd','ee','ff']",
    "a negative count of comments": "UPDATE posts SET comments_count = -1",
    "a removal by nobody": "UPDATE posts SET removed_at = now()",
    "a removal by someone odd": "UPDATE posts SET removed_at = now(), removed_by = 'king'",
    "a key used twice": "UPDATE posts SET key = 'again'",
    "an empty comment": "UPDATE comments SET body = ''",
    "a comment of depth 51": "UPDATE comments SET depth = 51",
    "a reply of depth 0": "UPDATE comments SET parent = id",
    "a comment's key used twice": "UPDATE comments SET key = 'again'",
    "a comment on no post": "UPDATE comments SET post = 0",
    "a floor above the tip": "UPDATE channels SET floor = seq + 1",
    "a channel with an odd name": "INSERT INTO channels (name) VALUES ('Post 1')",
    "a channel twice": "INSERT INTO channels (name) VALUES ('posts')",
    "an event of no channel": "INSERT INTO events (channel, seq, kind, subject) VALUES ('post:0', 1, 'a', 'b')",
    "an event twice": "INSERT INTO events (channel, seq, kind, subject) SELECT channel, seq, kind, subject FROM events",
    "a second installation": "INSERT INTO installation DEFAULT VALUES",
    "a job of minus one tries": "INSERT INTO outbox (job, tries) VALUES ('a', -1)",
    "a change without what it was": "INSERT INTO admin_changes (admin, admin_username, table_name, row_id,"
    " action, after) VALUES (1, 'ada', 'users', '1', 'change', '{}')",
    "an act of no kind": "INSERT INTO moderation_actions (actor, action, subject_type, subject_id)"
    " VALUES (1, 'liked', 'post', 1)",
    "an act with an empty reason": "INSERT INTO moderation_actions (actor, action, subject_type, subject_id, reason)"
    " VALUES (1, 'removed', 'post', 1, '')",
    "a set-up token that is no hash": "INSERT INTO set_up_links (token_hash, expires_at) VALUES ('token', now())",
    "a draft about something odd": """INSERT INTO drafts ("user", subject, body, version)
        SELECT id, 'reply', '', 1 FROM users""",
    "a draft about no post": """INSERT INTO drafts ("user", subject, body, version)
        SELECT id, 'reply:post:1000000', '', 1 FROM users""",
    "a draft about no comment": """INSERT INTO drafts ("user", subject, body, version)
        SELECT id, 'edit:comment:1000000', '', 1 FROM users""",
    "two drafts about one thing": """INSERT INTO drafts ("user", subject, body, version)
        SELECT id, 'new', '', 1 FROM users, generate_series(1, 2)""",
    "a draft of 10,001 letters": """INSERT INTO drafts ("user", subject, body, version)
        SELECT id, 'new', repeat('a', 10001), 1 FROM users""",
    "a draft without a version": """INSERT INTO drafts ("user", subject, body, version)
        SELECT id, 'new', '', 0 FROM users""",
    "a post followed in an odd way": """INSERT INTO post_follows ("user", post, level)
        SELECT author, id, 'odd' FROM posts""",
    "somebody who follows themself": 'INSERT INTO member_follows ("user", member) SELECT id, id FROM users',
    "a tag followed that is none": """INSERT INTO tag_follows ("user", tag) SELECT id, 'none' FROM users""",
    "somebody who blocks themself": 'INSERT INTO blocks ("user", member) SELECT id, id FROM users',
    "a mention nowhere": 'INSERT INTO mentions ("user") SELECT id FROM users',
    "a mention in two places": 'INSERT INTO mentions ("user", post, comment) SELECT author, post, id FROM comments',
    "a mention twice in a post": 'INSERT INTO mentions ("user", post) SELECT author, id FROM posts,'
    " generate_series(1, 2)",
    "a mention twice in a comment": 'INSERT INTO mentions ("user", comment) SELECT author, id FROM comments,'
    " generate_series(1, 2)",
    "two waiting jobs of one key": "INSERT INTO outbox (job, key) VALUES ('a', 'k'), ('a', 'k')",
}

SOME_ROWS = """
INSERT INTO posts (author, title, body, body_html, excerpt)
    SELECT users.id, 'A title', 'Words', '', '' FROM users, generate_series(1, 2);
INSERT INTO comments (post, author, body, body_html, seq)
    SELECT posts.id, posts.author, 'Words', '', 1 FROM posts, generate_series(1, 2);
INSERT INTO events (channel, seq, kind, subject) VALUES ('posts', 1000000, 'a', 'b');
"""


@pytest.mark.parametrize("what", BAD_ROWS)
async def test_the_database_refuses(cast: Cast, database: Engine, what: str) -> None:
    async with database.transaction():
        await database.execute(SOME_ROWS)
    with pytest.raises((asyncpg.IntegrityConstraintViolationError, asyncpg.StringDataRightTruncationError)):
        await database.fetch(BAD_ROWS[what])
