"""JSON: users."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, delete, get, patch, put
from litestar.params import Parameter

from app.accounts import queries
from app.accounts.administration import MemberChange, NotesChange, RoleChange, change_member
from app.accounts.cookies import no_session_cookie
from app.accounts.deletion import services as deletion
from app.accounts.deletion.schemas import Deletion
from app.accounts.profiles import services
from app.accounts.profiles.queries import search_users
from app.accounts.profiles.schemas import Role, UserChange
from app.accounts.schemas import User
from app.accounts.viewer import Viewer, require_member
from app.settings import settings
from app.web.envelope import Success, ok
from app.web.guards import MULTIPART, SESSION_ONLY
from app.web.multipart import BODY_LIMIT, TakesFile, read_file
from app.web.pagination import PageNumber, PerPage, page_meta
from app.web.sizes import FEW_WORDS
from app.web.suspension import ALSO_SUSPENDED


class UsersController(Controller):
    path = "/api/v1/users"
    tags = ["users"]
    request_max_body_size = FEW_WORDS

    @get("/")
    async def find_users(
        self,
        viewer: Viewer,
        q: Annotated[str, Parameter(max_length=200)] = "",
        role: Role | None = None,
        page: PageNumber = 1,
        per_page: PerPage = 20,
    ) -> Response[Success[list[User]]]:
        users, total = await search_users(viewer, q, role, page, per_page)
        return ok(users, meta=page_meta(page, per_page, total))

    @get("/{user_id:int}")
    async def show_user(self, viewer: Viewer, user_id: int) -> Response[Success[User]]:
        return ok(await queries.get_user(viewer, user_id))

    @patch("/{user_id:int}")
    async def change_user(self, viewer: Viewer, user_id: int, data: UserChange) -> Response[Success[User]]:
        return ok(await services.change_profile(viewer, user_id, data))

    @put("/{user_id:int}/role")
    async def set_role(self, viewer: Viewer, user_id: int, data: RoleChange) -> Response[Success[User]]:
        await change_member(viewer, user_id, MemberChange(role=data.role))
        return ok(await queries.get_user(viewer, user_id))

    @put("/{user_id:int}/admin-notes", request_max_body_size=settings.body_limit_bytes)
    async def set_admin_notes(
        self, viewer: Viewer, user_id: int, data: NotesChange
    ) -> Response[Success[User]]:
        await change_member(viewer, user_id, MemberChange(admin_notes=data.text))
        return ok(await queries.get_user(viewer, user_id))

    @put("/{user_id:int}/deletion", security=SESSION_ONLY, opt=ALSO_SUSPENDED)
    async def delete_account(self, viewer: Viewer, user_id: int, data: Deletion) -> Response[Success[None]]:
        """One's own; what was written stays as a deleted member's, or goes, as `content` says."""
        await deletion.delete_account(viewer, user_id, data)
        response = ok(None)
        response.set_cookie(no_session_cookie())
        return response

    @delete("/{user_id:int}")
    async def delete_user(self, viewer: Viewer, user_id: int) -> None:
        """For admins; what the member wrote stays."""
        await deletion.delete_member(viewer, user_id)

    @put(
        "/{user_id:int}/avatar",
        opt={"body": MULTIPART},
        request_max_body_size=BODY_LIMIT,
        operation_class=TakesFile,
    )
    async def set_avatar(
        self, request: Request[Any, Any, Any], viewer: Viewer, user_id: int
    ) -> Response[Success[User]]:
        """Multipart with the picture as `file`."""
        require_member(viewer)
        return ok(await services.set_avatar(viewer, user_id, await read_file(request)))

    @delete("/{user_id:int}/avatar")
    async def remove_avatar(self, viewer: Viewer, user_id: int) -> None:
        await services.remove_avatar(viewer, user_id)
