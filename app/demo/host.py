"""Someone of the demo answers a visitor's first comment, and is seen writing before."""

import asyncio
from itertools import cycle
from typing import Any

import structlog

from app.accounts.viewer import Viewer
from app.comments.schemas import NewComment
from app.comments.services import post_comment
from app.database.engine import DB
from app.database.unavailable import UNAVAILABLE
from app.demo.seed import DOMAIN
from app.live import channels
from app.live.typing import say_typing
from app.web.errors import Refusal

log = structlog.get_logger("hubbub.demo")

LOOK_SECONDS = 0.5
WRITING_SECONDS = 2.5
FAILED: tuple[type[Exception], ...] = (*UNAVAILABLE, Refusal)

_ANSWERS = cycle(
    (
        "Good to have you here. You should see this appear while you read; nobody has to reload a page.",
        "Welcome in. Pull up a chair; there is always another thread further down.",
        "That is a good first word. Try editing it, or taking it back: everybody who reads along sees that too.",
    )
)
_MARK = "\n\n*I am one of the demo's people and answer everybody's first comment.*"

# The first comments of people who are no part of the demo, that nobody of the demo has answered.
_WAITING = """
SELECT first.id, first.post FROM users
JOIN LATERAL (
    SELECT id, post FROM comments WHERE comments.author = users.id ORDER BY id LIMIT 1
) AS first ON true
JOIN posts ON posts.id = first.post AND posts.removed_at IS NULL AND posts.locked_at IS NULL
WHERE users.email NOT LIKE $1
    AND NOT EXISTS (SELECT FROM comments AS answer WHERE answer.key = 'demo-answer-' || first.id)
ORDER BY first.id LIMIT 10
"""
# Who has said most in this thread is likely to answer.
_HOST = """
SELECT users.id, users.username, users.role, coalesce(profiles.display_name, users.username) AS name,
    profiles.avatar
FROM users JOIN profiles ON profiles."user" = users.id
LEFT JOIN comments ON comments.author = users.id AND comments.post = $2
WHERE users.email LIKE $1 AND users.role = 'member'
GROUP BY users.id, profiles.id ORDER BY count(comments.id) DESC, users.id LIMIT 1
"""


async def run() -> None:
    """Look for somebody to answer, for as long as the worker lives."""
    while True:
        try:
            for row in await DB.fetch(_WAITING, f"%@{DOMAIN}"):
                await _answer(row["post"], row["id"])
        except FAILED as error:
            log.warning("demo_answer_failed", error=str(error) or type(error).__name__)
        await asyncio.sleep(LOOK_SECONDS)


async def _answer(post_id: int, comment_id: int) -> None:
    rows = await DB.fetch(_HOST, f"%@{DOMAIN}", post_id)
    if not rows:
        return
    host = _viewer(rows[0])
    say_typing(channels.post(post_id), host.as_author())
    await asyncio.sleep(WRITING_SECONDS)
    # The key keeps two workers, or one that was killed here, from answering twice.
    body = next(_ANSWERS) + _MARK
    await post_comment(
        host, post_id, NewComment(body=body, parent_id=comment_id, key=f"demo-answer-{comment_id}")
    )


def _viewer(row: Any) -> Viewer:
    return Viewer(
        id=row["id"], username=row["username"], name=row["name"], role=row["role"], avatar_url=row["avatar"]
    )
