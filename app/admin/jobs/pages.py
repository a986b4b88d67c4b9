"""HTML: `/admin/jobs`, for admins; for everybody else there is nothing, as with all of /admin/."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Controller, Request, Response, get, post

from app.accounts.viewer import Viewer
from app.admin.jobs import services
from app.jobs.queries import SHOWN, list_jobs, list_queues, list_slots, list_tallies
from app.web.errors import Conflict, NotFound, Refusal
from app.web.forms import read_form, see_other
from app.web.guards import LARGEST_ID
from app.web.templates import page

Asked = Request[Any, Any, Any]
Verb = Callable[[Viewer, int], Awaitable[None]]
VerbForAll = Callable[[Viewer], Awaitable[int]]

SAVED = {
    "retried": "It is tried again within a second or two.",
    "all-retried": "All of them are tried again within a second or two.",
    "dropped": "It is dropped.",
    "all-dropped": "All of them are dropped.",
}
ALL = "dead"


class JobPages(Controller):
    path = "/admin/jobs"
    include_in_schema = False

    @get("/")
    async def show_jobs(self, request: Asked, viewer: Viewer) -> Response[Any]:
        _require_admin(viewer)
        return await _show(request, saved=SAVED.get(request.query_params.get("saved", "")))

    @post("/retries")
    async def retry(self, request: Asked, viewer: Viewer) -> Response[Any]:
        return await _decide(request, viewer, "retried", services.retry_job, services.retry_dead)

    @post("/removals")
    async def drop(self, request: Asked, viewer: Viewer) -> Response[Any]:
        return await _decide(request, viewer, "dropped", services.drop_job, services.drop_dead)


def _require_admin(viewer: Viewer) -> None:
    if not viewer.is_admin:
        raise NotFound


async def _decide(
    request: Asked, viewer: Viewer, done: str, verb: Verb, verb_for_all: VerbForAll
) -> Response[Any]:
    """About the job whose number the form has as `id`, or about all that were given up."""
    _require_admin(viewer)
    wanted = (await read_form(request, "id")).values["id"]
    if wanted == ALL:
        await verb_for_all(viewer)
        return see_other(f"/admin/jobs?saved=all-{done}")
    try:
        await verb(viewer, _number(wanted))
    except (NotFound, Conflict) as refusal:
        return await _show(request, refusal=refusal)
    return see_other(f"/admin/jobs?saved={done}")


def _number(text: str) -> int:
    """Raises NotFound for what is none."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    if not 0 < number <= LARGEST_ID:
        raise NotFound(services.DONE)
    return number


async def _show(request: Asked, saved: str | None = None, refusal: Refusal | None = None) -> Response[Any]:
    return page(
        request,
        "admin_jobs.html",
        status_code=refusal.status if refusal else 200,
        saved=saved,
        refused=refusal.message if refusal else None,
        queues=await list_queues(),
        jobs=await list_jobs(),
        tallies=await list_tallies(),
        slots=await list_slots(),
        most=SHOWN,
    )
