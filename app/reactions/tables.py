"""Who reacted how to what, and what is still to be counted."""

from piccolo.columns import BigInt, BigSerial, ForeignKey, OnDelete, Text, Timestamptz, Varchar
from piccolo.table import Table

from app.accounts.tables import User
from app.comments.tables import Comment
from app.posts.tables import Post


class Reaction(Table, tablename="reactions"):
    """One person's reaction of one kind to a post or to a comment; one of the two is null."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    post = ForeignKey(Post, on_delete=OnDelete.cascade)
    comment = ForeignKey(Comment, on_delete=OnDelete.cascade)
    kind = Varchar(10)
    created_at = Timestamptz()


class Dirty(Table, tablename="dirty"):
    """A subject whose reactions changed since they were last counted; `version` grows with each change."""

    subject = Text(primary_key=True)
    version = BigInt()
