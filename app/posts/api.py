"""JSON: posts."""

from typing import Annotated

from litestar import Controller, Response, delete, get, patch, post
from litestar.params import Parameter

from app.accounts.viewer import Viewer
from app.posts import queries, removing, services
from app.posts.schemas import NewPost, Post, PostChange, Revision, Sort
from app.web.envelope import Success, created, ok, repeated
from app.web.pagination import PageNumber, PerPage, page_meta

Name = Annotated[str | None, Parameter(max_length=80)]


class PostsController(Controller):
    path = "/api/v1/posts"
    tags = ["posts"]

    @get("/")
    async def list_posts(
        self,
        viewer: Viewer,
        page: PageNumber = 1,
        per_page: PerPage = 20,
        sort: Sort = "active",
        tag: Name = None,
        author: Name = None,
        commented_by: Name = None,
        following: bool = False,
        q: Annotated[str | None, Parameter(max_length=200)] = None,
    ) -> Response[Success[list[Post]]]:
        wanted = queries.Filter(
            sort=sort, tag=tag, author=author, commented_by=commented_by, following=following, q=q
        )
        posts, total = await queries.list_posts(viewer, wanted, page, per_page)
        return ok(posts, meta=page_meta(page, per_page, total))

    @post("/", responses=repeated(Post))
    async def create_post(self, viewer: Viewer, data: NewPost) -> Response[Success[Post]]:
        made, is_new = await services.publish_post(viewer, data)
        return created(made) if is_new else ok(made)

    @get("/{post_id:int}")
    async def show_post(self, viewer: Viewer, post_id: int) -> Response[Success[Post]]:
        return ok(await queries.get_post(viewer, post_id))

    @patch("/{post_id:int}")
    async def edit_post(self, viewer: Viewer, post_id: int, data: PostChange) -> Response[Success[Post]]:
        return ok(await services.edit_post(viewer, post_id, data))

    @delete("/{post_id:int}")
    async def remove_post(self, viewer: Viewer, post_id: int) -> None:
        await removing.remove_post(viewer, post_id)

    @get("/{post_id:int}/revisions")
    async def list_revisions(self, viewer: Viewer, post_id: int) -> Response[Success[list[Revision]]]:
        return ok(await queries.list_revisions(viewer, post_id))
