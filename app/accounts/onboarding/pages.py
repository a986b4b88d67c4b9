"""HTML: the first steps of a new member."""

from typing import Any

from litestar import Controller, Request, Response, get, post

from app.accounts import queries
from app.accounts.onboarding import services
from app.accounts.profiles.queries import count_written
from app.accounts.viewer import Viewer, require_session
from app.web.forms import see_other
from app.web.sizes import FEW_WORDS
from app.web.suspension import ALSO_SUSPENDED
from app.web.templates import page


class OnboardingPages(Controller):
    path = "/first-steps"
    include_in_schema = False
    opt = ALSO_SUSPENDED
    request_max_body_size = FEW_WORDS

    @get("/")
    async def show(self, request: Request[Any, Any, Any], viewer: Viewer) -> Response[Any]:
        user_id = require_session(viewer)
        member, written = await queries.get_self(user_id), await count_written(user_id)
        wrote = written.posts + written.comments > 0
        return page(request, "first_steps.html", member=member, wrote=wrote)

    @post("/completion")
    async def complete(self, viewer: Viewer) -> Response[Any]:
        await services.complete_onboarding(viewer)
        return see_other("/")
