"""Comments, what they said before, and replies that wait for their writer to sign up."""

from typing import Any

from piccolo.columns import (
    JSONB,
    BigInt,
    BigSerial,
    Bytea,
    ForeignKey,
    OnDelete,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from app.accounts.tables import User
from app.posts.tables import Post


class Comment(Table, tablename="comments"):
    """One comment. `seq` is the last event of channel `post:{id}` that changed it."""

    id = BigSerial(primary_key=True)
    post = ForeignKey(Post, on_delete=OnDelete.cascade, null=False)
    parent: ForeignKey[Any] = ForeignKey("self", on_delete=OnDelete.cascade)
    author = ForeignKey(User, on_delete=OnDelete.set_null)
    depth = SmallInt()
    body = Text()
    body_html = Text()
    key = Varchar(64, null=True, default=None)
    fingerprint = Bytea(null=True, default=None)
    reactions = JSONB(default="{}")
    replies_count = BigInt()
    removed_at = Timestamptz(null=True, default=None)
    removed_by = Varchar(10, null=True, default=None)
    removed_reason = Text(null=True, default=None)
    edited_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    updated_at = Timestamptz()
    seq = BigInt()


class CommentRevision(Table, tablename="comment_revisions"):
    """A comment as it was before an edit."""

    id = BigSerial(primary_key=True)
    comment = ForeignKey(Comment, on_delete=OnDelete.cascade, null=False)
    editor = ForeignKey(User, on_delete=OnDelete.set_null)
    body = Text()
    created_at = Timestamptz()


class PendingReply(Table, tablename="pending_replies"):
    """A reply written before its writer had an account; claimed once, by the token in their cookie."""

    id = BigSerial(primary_key=True)
    token_hash = Bytea(secret=True)
    post = ForeignKey(Post, on_delete=OnDelete.cascade, null=False)
    parent = ForeignKey(Comment, on_delete=OnDelete.cascade)
    body = Text()
    key = Varchar(64)
    created_at = Timestamptz()
