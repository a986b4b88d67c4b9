"""Posts, comments, reactions and how far they were read."""

from app.permissions.rows import Row, route
from app.permissions.rules import ANYONE, AUTHOR, HIDDEN, MEMBERS, MODERATORS, SHOWN_TO_AUTHOR, Rule, nobody

# Nobody reacts to what was removed; who may not even read it hears nothing of it.
NOT_SHOWN = Rule(
    anonymous="unauthenticated", member="not_found", author="forbidden", moderator="forbidden", admin="forbidden"
)  # fmt: skip
READ_BY_FEW = Rule(anonymous="unauthenticated", member="not_found")
# Of what was removed, its author hears that it is theirs, moderators that it is not, and others nothing.
AUTHOR_OF_REMOVED = Rule(anonymous="not_found", member="not_found", moderator="forbidden", admin="forbidden")
REFUSED_TO_AUTHOR = Rule(
    anonymous="not_found", member="not_found", author="forbidden", moderator="forbidden", admin="forbidden"
)  # fmt: skip
LOCKED = Rule(anonymous="unauthenticated", member="locked", author="locked")
LOCKED_TO_AUTHOR = Rule(
    anonymous="unauthenticated", member="forbidden", author="locked", moderator="forbidden", admin="forbidden"
)  # fmt: skip
# Both remove, each by their own right; only who removed it brings it back.
AUTHOR_AND_MODERATORS = Rule(anonymous="unauthenticated", member="forbidden")
BY_MODERATORS = Rule(anonymous="not_found", member="not_found", author="forbidden")
UNCHANGEABLE = nobody("forbidden")
CLOSED = nobody("not_found")
# Moderators alone read comments in a removed thread, and in the revisions those that were removed.
MODERATORS_ALONE = Rule(anonymous="not_found", member="not_found", author="not_found")
KEPT_IN_REMOVED = Rule(
    anonymous="not_found", member="not_found", author="not_found", moderator="forbidden", admin="forbidden"
)  # fmt: skip
ANSWERED_IN_REMOVED = Rule(
    anonymous="unauthenticated", member="not_found", author="not_found", moderator="forbidden", admin="forbidden"
)  # fmt: skip
REACHED_BY_MODERATORS = Rule(anonymous="unauthenticated", member="not_found", author="not_found")

POSTS: list[Row] = [
    route("GET /", ANYONE),
    route("GET /tags/{name:str}", ANYONE),
    route("GET /posts/new", MEMBERS),
    route("POST /posts", MEMBERS),
    route("GET /posts/{post_id:int}", ANYONE, removed=SHOWN_TO_AUTHOR),
    route("GET /posts/{post_id:int}/{slug:str}", ANYONE, removed=SHOWN_TO_AUTHOR),
    route("GET /posts/{post_id:int}/edit", AUTHOR, removed=NOT_SHOWN),
    route("POST /posts/{post_id:int}", AUTHOR, removed=REFUSED_TO_AUTHOR),
    route("GET /posts/{post_id:int}/removal", AUTHOR_AND_MODERATORS, removed=NOT_SHOWN),
    route("POST /posts/{post_id:int}/removal", AUTHOR_AND_MODERATORS, removed=SHOWN_TO_AUTHOR),
    route(
        "POST /posts/{post_id:int}/restoration", AUTHOR_AND_MODERATORS,
        removed=AUTHOR_OF_REMOVED, removed_by_moderator=BY_MODERATORS,
    ),
    route("GET /posts/{post_id:int}/revisions", ANYONE, removed=SHOWN_TO_AUTHOR),
    route("POST /posts/{post_id:int}/comments", MEMBERS, locked=LOCKED, removed=HIDDEN),
    route("POST /posts/{post_id:int}/reactions", MEMBERS, removed=NOT_SHOWN),
    route("POST /posts/{post_id:int}/read", MEMBERS, also_suspended=True, removed=READ_BY_FEW),
    route("GET /api/v1/posts", ANYONE),
    route("POST /api/v1/posts", MEMBERS),
    route("GET /api/v1/posts/{post_id:int}", ANYONE, removed=SHOWN_TO_AUTHOR),
    route("PATCH /api/v1/posts/{post_id:int}", AUTHOR, removed=REFUSED_TO_AUTHOR),
    route("DELETE /api/v1/posts/{post_id:int}", AUTHOR_AND_MODERATORS, removed=SHOWN_TO_AUTHOR),
    route(
        "DELETE /api/v1/posts/{post_id:int}/removal", AUTHOR_AND_MODERATORS,
        removed=AUTHOR_OF_REMOVED, removed_by_moderator=BY_MODERATORS,
    ),
    route("GET /api/v1/posts/{post_id:int}/revisions", ANYONE, removed=SHOWN_TO_AUTHOR),
    route("GET /api/v1/posts/{post_id:int}/comments", ANYONE, removed=SHOWN_TO_AUTHOR),
    route("POST /api/v1/posts/{post_id:int}/comments", MEMBERS, locked=LOCKED, removed=CLOSED),
    route("PUT /api/v1/posts/{post_id:int}/read", MEMBERS, also_suspended=True, removed=READ_BY_FEW),
    route("PUT /api/v1/posts/{post_id:int}/reactions/{kind:str}", MEMBERS, removed=NOT_SHOWN),
    route("DELETE /api/v1/posts/{post_id:int}/reactions/{kind:str}", MEMBERS, removed=NOT_SHOWN),
    route("GET /api/v1/tags", ANYONE),
]  # fmt: skip

COMMENTS: list[Row] = [
    route("GET /comments/{comment_id:int}", ANYONE, thread_removed=MODERATORS_ALONE),
    route("GET /comments/{comment_id:int}/reply", ANYONE, thread_removed=MODERATORS_ALONE),
    route(
        "GET /comments/{comment_id:int}/edit",
        AUTHOR,
        locked=UNCHANGEABLE,
        removed=UNCHANGEABLE,
        thread_removed=ANSWERED_IN_REMOVED,
    ),
    route(
        "POST /comments/{comment_id:int}",
        AUTHOR,
        locked=LOCKED_TO_AUTHOR,
        removed=UNCHANGEABLE,
        thread_removed=KEPT_IN_REMOVED,
    ),
    route(
        "GET /comments/{comment_id:int}/removal",
        AUTHOR_AND_MODERATORS,
        removed=UNCHANGEABLE,
        thread_removed=REACHED_BY_MODERATORS,
    ),
    route("POST /comments/{comment_id:int}/removal", AUTHOR_AND_MODERATORS, thread_removed=MODERATORS_ALONE),
    route(
        "POST /comments/{comment_id:int}/restoration",
        AUTHOR_AND_MODERATORS,
        removed=AUTHOR,
        removed_by_moderator=MODERATORS,
        thread_removed=MODERATORS_ALONE,
    ),
    route(
        "GET /comments/{comment_id:int}/revisions",
        ANYONE,
        removed=MODERATORS_ALONE,
        thread_removed=MODERATORS_ALONE,
    ),
    route(
        "POST /comments/{comment_id:int}/reactions",
        MEMBERS,
        removed=UNCHANGEABLE,
        thread_removed=REACHED_BY_MODERATORS,
    ),
    route("GET /api/v1/comments/{comment_id:int}", ANYONE, thread_removed=MODERATORS_ALONE),
    route(
        "PATCH /api/v1/comments/{comment_id:int}",
        AUTHOR,
        locked=LOCKED_TO_AUTHOR,
        removed=UNCHANGEABLE,
        thread_removed=KEPT_IN_REMOVED,
    ),
    route("DELETE /api/v1/comments/{comment_id:int}", AUTHOR_AND_MODERATORS, thread_removed=MODERATORS_ALONE),
    route(
        "DELETE /api/v1/comments/{comment_id:int}/removal",
        AUTHOR_AND_MODERATORS,
        removed=AUTHOR,
        removed_by_moderator=MODERATORS,
        thread_removed=MODERATORS_ALONE,
    ),
    route(
        "GET /api/v1/comments/{comment_id:int}/revisions",
        ANYONE,
        removed=MODERATORS_ALONE,
        thread_removed=MODERATORS_ALONE,
    ),
    route(
        "PUT /api/v1/comments/{comment_id:int}/reactions/{kind:str}",
        MEMBERS,
        removed=UNCHANGEABLE,
        thread_removed=REACHED_BY_MODERATORS,
    ),
    route(
        "DELETE /api/v1/comments/{comment_id:int}/reactions/{kind:str}",
        MEMBERS,
        removed=UNCHANGEABLE,
        thread_removed=REACHED_BY_MODERATORS,
    ),
]
