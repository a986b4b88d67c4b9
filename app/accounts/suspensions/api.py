"""JSON: suspensions."""

from litestar import Controller, Response, delete, put

from app.accounts import queries
from app.accounts.schemas import User
from app.accounts.suspensions import services
from app.accounts.suspensions.schemas import NewSuspension
from app.accounts.viewer import Viewer
from app.web.envelope import Success, ok


class SuspensionsController(Controller):
    path = "/api/v1/users/{user_id:int}/suspension"
    tags = ["moderation"]

    @put("/")
    async def suspend_user(
        self, viewer: Viewer, user_id: int, data: NewSuspension
    ) -> Response[Success[User]]:
        """For moderators: the member may read and not write until then, or until it is lifted."""
        await services.suspend(viewer, user_id, data)
        return ok(await queries.get_user(viewer, user_id))

    @delete("/")
    async def lift_suspension(self, viewer: Viewer, user_id: int) -> None:
        await services.lift(viewer, user_id)
