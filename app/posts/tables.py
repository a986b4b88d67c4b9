"""Posts and what they said before."""

from piccolo.columns import (
    JSONB,
    Array,
    BigInt,
    BigSerial,
    Bytea,
    ForeignKey,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from app.accounts.tables import User


class Post(Table, tablename="posts"):
    """One post. `seq` is the last event of channel `post:{id}` that changed it, 0 before the first."""

    id = BigSerial(primary_key=True)
    author = ForeignKey(User, on_delete=OnDelete.set_null)
    title = Varchar(120)
    body = Text()
    body_html = Text()
    excerpt = Text()
    tags = Array(Varchar())
    key = Varchar(64, null=True, default=None)
    fingerprint = Bytea(null=True, default=None)
    comments_count = BigInt()
    reactions = JSONB(default="{}")
    last_activity_at = Timestamptz()
    locked_at = Timestamptz(null=True, default=None)
    pinned_at = Timestamptz(null=True, default=None)
    removed_at = Timestamptz(null=True, default=None)
    removed_by = Varchar(10, null=True, default=None)
    removed_reason = Text(null=True, default=None)
    edited_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    updated_at = Timestamptz()
    seq = BigInt()


class PostRevision(Table, tablename="post_revisions"):
    """A post as it was before an edit."""

    id = BigSerial(primary_key=True)
    post = ForeignKey(Post, on_delete=OnDelete.cascade, null=False)
    editor = ForeignKey(User, on_delete=OnDelete.set_null)
    title = Varchar(120)
    body = Text()
    created_at = Timestamptz()
