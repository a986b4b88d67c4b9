"""Drafts as they are kept."""

from piccolo.columns import Array, BigInt, BigSerial, ForeignKey, OnDelete, Text, Timestamptz, Varchar
from piccolo.table import Table

from app.accounts.tables import User
from app.comments.tables import Comment
from app.posts.tables import Post


class Draft(Table, tablename="drafts"):
    """One member's words about one subject. `post` and `comment` are PostgreSQL's own, read off the subject."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    subject = Varchar(40)
    post = ForeignKey(Post, on_delete=OnDelete.cascade)
    comment = ForeignKey(Comment, on_delete=OnDelete.cascade)
    title = Varchar(120, null=True, default=None)
    body = Text()
    tags = Array(Varchar())
    version = BigInt()
    updated_at = Timestamptz()
    dropped_at = Timestamptz(null=True, default=None)
