"""What members follow, mute and block. The keys are of two columns; Piccolo knows keys of one only."""

from piccolo.columns import Boolean, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.table import Table

from app.accounts.tables import User
from app.posts.tables import Post
from app.tags.tables import Tag


class PostFollow(Table, tablename="post_follows"):
    """What a member decided about a post: `level` is following, muted or normal; without a row, normal."""

    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False, primary_key=True)
    post = ForeignKey(Post, on_delete=OnDelete.cascade, null=False)
    level = Varchar(10)
    since = Timestamptz()


class MemberFollow(Table, tablename="member_follows"):
    """`user` follows `member`."""

    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False, primary_key=True)
    member = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    since = Timestamptz()


class TagFollow(Table, tablename="tag_follows"):
    """A member follows a tag."""

    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False, primary_key=True)
    tag = ForeignKey(Tag, on_delete=OnDelete.cascade, null=False)
    since = Timestamptz()


class Block(Table, tablename="blocks"):
    """`user` has blocked `member`; each is hidden from the other."""

    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False, primary_key=True)
    member = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    since = Timestamptz()


class FollowSettings(Table, tablename="follow_settings"):
    """Whether a member follows what they post, and what they answer, without being asked; without a row, see there."""

    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False, primary_key=True)
    own_posts = Boolean(default=True)
    answered_posts = Boolean(default=False)
