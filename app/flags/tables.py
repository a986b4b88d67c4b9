"""What members reported."""

from piccolo.columns import BigSerial, ForeignKey, OnDelete, Text, Timestamptz, Varchar
from piccolo.table import Table

from app.accounts.tables import User
from app.comments.tables import Comment
from app.posts.tables import Post


class Flag(Table, tablename="flags"):
    """One report by one member. One of `post`, `comment` and `member` is what it is about.

    Who has left reported it, or decided on it, as nobody: `reporter` and `resolver` are null then.
    """

    id = BigSerial(primary_key=True)
    reporter = ForeignKey(User, on_delete=OnDelete.set_null)
    post = ForeignKey(Post, on_delete=OnDelete.cascade)
    comment = ForeignKey(Comment, on_delete=OnDelete.cascade)
    member = ForeignKey(User, on_delete=OnDelete.cascade)
    reason = Varchar(10)
    note = Text(null=True, default=None)
    status = Varchar(10)
    resolver = ForeignKey(User, on_delete=OnDelete.set_null)
    resolved_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
