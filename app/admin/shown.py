"""Which tables and columns admins see.

Each is a table class of its own that has no other columns: what is not named here cannot be asked for,
filtered by or sorted by, whatever address somebody makes up.
"""

from enum import Enum
from typing import Any

from piccolo.columns import ForeignKey
from piccolo.columns.readable import Readable
from piccolo.table import Table, create_table_class
from piccolo_admin.endpoints import TableConfig
from piccolo_api.crud.endpoints import OrderBy
from piccolo_api.crud.hooks import Hook

from app.accounts.tables import ApiToken, Profile, Session, User
from app.admin.changes import MEMBER_HOOKS
from app.admin.tables import AdminChange
from app.comments.tables import Comment, CommentRevision
from app.counters.tables import CounterCheck
from app.database.engine import DB
from app.jobs.tables import Outbox
from app.live.tables import Channel
from app.posts.tables import Post, PostRevision
from app.reactions.tables import Reaction
from app.tags.tables import Tag
from app.uploads.tables import Upload

PEOPLE, WORDS, MACHINERY = "People", "Posts and comments", "Machinery"


class Role(Enum):
    member = "member"
    moderator = "moderator"
    admin = "admin"


def part_of(table: type[Table], names: str, *, called_by: str = "", **references: type[Table] | str) -> Any:
    """A class for the same table with its key and these columns only, rows shown as their `called_by`.

    `references` says, for each foreign key among them, which part of which table it leads to.
    """
    key = table._meta.primary_key
    members: dict[str, Any] = {key._meta.name: key.copy()}
    for name in names.split():
        column = table._meta.get_column_by_name(name)
        leads = references.get(name)
        members[name] = ForeignKey(leads, null=column._meta.null) if leads else column.copy()
    part: Any = create_table_class(
        table.__name__, class_kwargs={"tablename": table._meta.tablename, "db": DB}, class_members=members
    )
    part.get_readable = lambda: Readable(
        "%s", [getattr(part, called_by) if called_by else part._meta.primary_key]
    )
    return part


MEMBERS = part_of(
    User, "username role activated_at posts_count comments_count admin_notes created_at", called_by="username"
)
MEMBERS.role._meta.choices = Role
PROFILES = part_of(Profile, "user display_name bio avatar onboarding_completed_at", user=MEMBERS)
SESSIONS = part_of(Session, "user device address created_at last_used_at expires_at", user=MEMBERS)
API_TOKENS = part_of(ApiToken, "user name scopes created_at last_used_at expires_at", user=MEMBERS)
POSTS = part_of(
    Post,
    "author title body tags comments_count locked_at pinned_at removed_at removed_by removed_reason "
    "last_activity_at edited_at created_at",
    called_by="title",
    author=MEMBERS,
)
POST_REVISIONS = part_of(PostRevision, "post editor title body created_at", post=POSTS, editor=MEMBERS)
COMMENTS = part_of(
    Comment,
    "post parent author depth body replies_count removed_at removed_by removed_reason edited_at created_at",
    post=POSTS,
    parent="self",
    author=MEMBERS,
)
COMMENT_REVISIONS = part_of(
    CommentRevision, "comment editor body created_at", comment=COMMENTS, editor=MEMBERS
)
REACTIONS = part_of(Reaction, "user post comment kind created_at", user=MEMBERS, post=POSTS, comment=COMMENTS)
TAGS = part_of(Tag, "posts_count")
UPLOADS = part_of(Upload, "owner created_at", owner=MEMBERS)
COUNTERS = part_of(CounterCheck, "drift repaired checked_at")
CHANNELS = part_of(Channel, "seq floor")
JOBS = part_of(Outbox, "job tries run_at lease_until dead_at error created_at", called_by="job")
CHANGES = part_of(AdminChange, "admin_username table_name row_id action before after at")


def _config(
    part: Any,
    group: str,
    columns: str,
    filters: str,
    *,
    order: str = "id",
    newest: bool = True,
    hooks: list[Hook] | None = None,
) -> TableConfig:
    return TableConfig(
        part,
        visible_columns=[getattr(part, name) for name in columns.split()],
        visible_filters=[getattr(part, name) for name in filters.split()],
        menu_group=group,
        order_by=[OrderBy(getattr(part, order), ascending=not newest)],
        link_column=part._meta.primary_key,
        hooks=hooks,
    )


TABLES = [
    _config(MEMBERS, PEOPLE, "id username role posts_count comments_count activated_at created_at",
            "username role admin_notes activated_at created_at", hooks=MEMBER_HOOKS),
    _config(PROFILES, PEOPLE, "id user display_name bio onboarding_completed_at", "user display_name bio"),
    _config(SESSIONS, PEOPLE, "id user device address last_used_at expires_at", "user device address last_used_at"),
    _config(API_TOKENS, PEOPLE, "id user name scopes created_at last_used_at expires_at", "user name last_used_at"),
    _config(CHANGES, PEOPLE, "id at admin_username table_name row_id action before after",
            "admin_username table_name row_id action at"),
    _config(POSTS, WORDS, "id title author comments_count removed_by last_activity_at created_at",
            "title body author removed_by removed_at created_at"),
    _config(POST_REVISIONS, WORDS, "id post editor title created_at", "post editor created_at"),
    _config(COMMENTS, WORDS, "id post author body replies_count removed_by created_at",
            "post author body removed_by removed_at created_at"),
    _config(COMMENT_REVISIONS, WORDS, "id comment editor body created_at", "comment editor created_at"),
    _config(REACTIONS, WORDS, "id user kind post comment created_at", "user kind post comment created_at"),
    _config(TAGS, WORDS, "name posts_count", "name posts_count", order="posts_count"),
    _config(UPLOADS, PEOPLE, "id owner created_at", "owner created_at"),
    _config(COUNTERS, MACHINERY, "counter drift repaired checked_at", "counter drift", order="counter", newest=False),
    _config(CHANNELS, MACHINERY, "name seq floor", "name", order="name", newest=False),
    _config(JOBS, MACHINERY, "id job tries run_at dead_at error created_at", "job tries dead_at error"),
]  # fmt: skip
