"""How far members have read."""

from piccolo.columns import BigInt, ForeignKey, OnDelete, Timestamptz
from piccolo.table import Table

from app.accounts.tables import User
from app.posts.tables import Post


class Read(Table, tablename="reads"):
    """`comment` is the id of the last comment read, 0 for one who read the post before it had any.

    The primary key is (user, post); Piccolo knows keys of one column only.
    """

    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False, primary_key=True)
    post = ForeignKey(Post, on_delete=OnDelete.cascade, null=False)
    comment = BigInt()
    updated_at = Timestamptz()
