"""Who is named where."""

from piccolo.columns import BigSerial, ForeignKey, OnDelete, Timestamptz
from piccolo.table import Table

from app.accounts.tables import User
from app.comments.tables import Comment
from app.posts.tables import Post


class Mention(Table, tablename="mentions"):
    """`user` is named in a post or in a comment as it stands now; one of the two is null."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    post = ForeignKey(Post, on_delete=OnDelete.cascade)
    comment = ForeignKey(Comment, on_delete=OnDelete.cascade)
    created_at = Timestamptz()
