"""Every controller, in the order of its address: the site map."""

from litestar.types import ControllerRouterHandler

from app.accounts.api import AccountsController
from app.accounts.pages import AccountPages
from app.admin.bridge import admin
from app.comments.api import CommentsController
from app.comments.pages import CommentPages, ThreadPages
from app.live.socket import live
from app.posts.api import PostsController
from app.posts.pages import FrontPage, PostPages
from app.web.assets import static_file
from app.web.health import health, ready

ROUTES: list[ControllerRouterHandler] = [
    FrontPage,  # /
    AccountPages,  # /sign-up /sign-in /sign-out
    PostPages,  # /posts /posts/new /posts/{id}/edit …
    ThreadPages,  # /posts/{id}/{slug} /comments/{id}
    CommentPages,  # /comments/{id}/…
    AccountsController,  # /api/v1/registrations /api/v1/session /api/v1/me
    PostsController,  # /api/v1/posts
    CommentsController,  # /api/v1/posts/{id}/comments /api/v1/comments
    live,  # /live
    admin,  # /admin/…: Piccolo Admin
    static_file,  # /static/{version}/…
    health,
    ready,  # /health /health/ready
]
