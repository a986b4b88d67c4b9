"""Notifications, who they are about, and how each member wants to be told."""

from piccolo.columns import BigInt, BigSerial, ForeignKey, OnDelete, Text, Timestamptz, Varchar
from piccolo.table import Table

from app.accounts.tables import User
from app.comments.tables import Comment
from app.posts.tables import Post


class NotificationMail(Table, tablename="notification_mails"):
    """One mail about one or several notifications; its id makes the Message-ID."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    created_at = Timestamptz()


class Notification(Table, tablename="notifications"):
    """One thing that a member is told once: `key` is what. One of `post`, `comment` and `member` is its subject.

    `seq` is the last event of channel `user:{id}` that brought it; lists have them in that order. `mail` says
    that it waits for a mail, and `mailed` which one it went with.
    """

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    kind = Varchar(10)
    key = Text()
    post = ForeignKey(Post, on_delete=OnDelete.cascade)
    comment = ForeignKey(Comment, on_delete=OnDelete.cascade)
    member = ForeignKey(User, on_delete=OnDelete.cascade)
    cause = Varchar(20)
    note = Text(null=True, default=None)
    seq = BigInt()
    mail = Varchar(8, null=True, default=None)
    mailed = ForeignKey(NotificationMail, on_delete=OnDelete.set_null)
    read_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()


class NotificationActor(Table, tablename="notification_actors"):
    """Somebody whose doing a notification tells of; a bundle has several."""

    id = BigSerial(primary_key=True)
    notification = ForeignKey(Notification, on_delete=OnDelete.cascade, null=False)
    actor = ForeignKey(User, on_delete=OnDelete.cascade, null=False)


class NotificationSetting(Table, tablename="notification_settings"):
    """What a member chose for one kind; without a row it is as `schemas.DEFAULTS` says."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    kind = Varchar(10)
    delivery = Varchar(8)


class Digest(Table, tablename="digests"):
    """A member who wants the weekly digest."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    sent_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
