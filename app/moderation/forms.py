"""The page that asks a moderator why, before something is removed."""

from typing import Any

from litestar import Request, Response

from app.comments.schemas import Comment
from app.posts.schemas import Post
from app.web.forms import Form
from app.web.templates import page


def show_removal(
    request: Request[Any, Any, Any], subject: Post | Comment, form: Form, status_code: int = 200
) -> Response[Any]:
    noun = "post" if isinstance(subject, Post) else "comment"
    return page(request, "removal.html", status_code=status_code, subject=subject, noun=noun, form=form)
