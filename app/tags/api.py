"""JSON: tags."""

from litestar import Controller, Response, get

from app.tags.queries import Tag, list_tags
from app.web.envelope import Success, ok
from app.web.pagination import PageNumber, PerPage, page_meta


class TagsController(Controller):
    path = "/api/v1/tags"
    tags = ["tags"]

    @get("/")
    async def list_tags(self, page: PageNumber = 1, per_page: PerPage = 20) -> Response[Success[list[Tag]]]:
        tags, total = await list_tags(page, per_page)
        return ok(tags, meta=page_meta(page, per_page, total))
