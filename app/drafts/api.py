"""JSON: one's drafts."""

from litestar import Controller, Response, delete, get, put

from app.accounts.viewer import Viewer
from app.drafts import queries, services
from app.drafts.schemas import Draft, DraftChange, Subject
from app.web.envelope import Success, ok
from app.web.pagination import PageNumber, PerPage, page_meta


class DraftsController(Controller):
    path = "/api/v1/drafts"
    tags = ["drafts"]

    @get("/")
    async def list_drafts(
        self, viewer: Viewer, page: PageNumber = 1, per_page: PerPage = 20
    ) -> Response[Success[list[Draft]]]:
        drafts, total = await queries.list_drafts(viewer, page, per_page)
        return ok(drafts, meta=page_meta(page, per_page, total))

    @get("/{subject:str}")
    async def show_draft(self, viewer: Viewer, subject: str) -> Response[Success[Draft]]:
        return ok(await queries.get_draft(viewer, Subject.parse(subject)))

    @put("/{subject:str}")
    async def save_draft(self, viewer: Viewer, subject: str, data: DraftChange) -> Response[Success[Draft]]:
        """A stale `version` is 409, with the newer draft as `data`."""
        return ok(await services.save_draft(viewer, Subject.parse(subject), data))

    @delete("/{subject:str}")
    async def drop_draft(self, viewer: Viewer, subject: str) -> None:
        await services.drop_draft(viewer, Subject.parse(subject))
