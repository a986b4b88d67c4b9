"""JSON: flags."""

from litestar import Controller, Response, get, patch, post

from app.accounts.viewer import Viewer
from app.flags import queries, services
from app.flags.schemas import Decision, Flag, NewFlag, Status
from app.web.envelope import Success, created, ok, repeated
from app.web.pagination import PageNumber, PerPage, page_meta
from app.web.sizes import FEW_WORDS


class FlagsController(Controller):
    path = "/api/v1/flags"
    tags = ["moderation"]
    request_max_body_size = FEW_WORDS

    @post("/", responses=repeated(Flag))
    async def create_flag(self, viewer: Viewer, data: NewFlag) -> Response[Success[Flag]]:
        """Tell the moderators of a post, a comment or a member; once is enough until they have decided."""
        flag, is_new = await services.report(viewer, data)
        return created(flag) if is_new else ok(flag)

    @get("/")
    async def list_flags(
        self, viewer: Viewer, page: PageNumber = 1, per_page: PerPage = 20, status: Status | None = None
    ) -> Response[Success[list[Flag]]]:
        """For moderators, newest first."""
        flags, total = await queries.list_flags(viewer, status, page, per_page)
        return ok(flags, meta=page_meta(page, per_page, total))

    @patch("/{flag_id:int}")
    async def decide_flag(self, viewer: Viewer, flag_id: int, data: Decision) -> Response[Success[Flag]]:
        """For moderators: upholds or dismisses it, and with it all open ones about the same."""
        return ok(await services.decide(viewer, flag_id, data))
