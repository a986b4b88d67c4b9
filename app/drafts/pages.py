"""HTML: the list of one's drafts, and the button that keeps one where there is no JavaScript."""

from typing import Any

from litestar import Controller, Request, Response, get, post

from app.accounts.viewer import Viewer
from app.drafts import queries, services
from app.drafts.forms import FIELDS, both, change_of, fields_of, has_title, with_values
from app.drafts.schemas import Stale, Subject, url_of
from app.web.errors import NotFound, Refusal, Unauthenticated
from app.web.forms import Form, read_form, see_other
from app.web.pagination import page_meta, page_number
from app.web.templates import page

Asked = Request[Any, Any, Any]
PER_PAGE = 20


class DraftPages(Controller):
    path = "/drafts"
    include_in_schema = False

    @get("/")
    async def show_drafts(self, request: Asked, viewer: Viewer) -> Response[Any]:
        current = page_number(request)
        drafts, total = await queries.list_begun(viewer, current, PER_PAGE)
        dropped = _subject_or_none(request.query_params.get("dropped", ""))
        meta = page_meta(current, PER_PAGE, total)
        return page(request, "drafts.html", drafts=drafts, meta=meta, dropped=dropped)

    @get("/{subject:str}")
    async def go_on(self, viewer: Viewer, subject: str) -> Response[Any]:
        """To where the draft is written on."""
        if not viewer.signed_in:
            raise Unauthenticated
        return see_other(url_of(Subject.parse(subject)))

    @post("/{subject:str}")
    async def save(self, request: Asked, viewer: Viewer, subject: str) -> Response[Any]:
        about = Subject.parse(subject)
        form = await read_form(request, *FIELDS, "version")
        try:
            await services.save_draft(viewer, about, change_of(form))
        except Refusal as refusal:
            return _refused(request, about, form, refusal)
        return see_other(url_of(about))

    @post("/{subject:str}/removal")
    async def drop(self, viewer: Viewer, subject: str) -> Response[Any]:
        about = Subject.parse(subject)
        await services.drop_draft(viewer, about)
        return see_other(f"/drafts?dropped={about}")

    @post("/{subject:str}/restoration")
    async def restore(self, viewer: Viewer, subject: str) -> Response[Any]:
        await services.restore_draft(viewer, Subject.parse(subject))
        return see_other("/drafts")


def _refused(request: Asked, about: Subject, form: Form, refusal: Refusal) -> Response[Any]:
    """The words again, whatever the matter is; beside those that were kept meanwhile, if they are it."""
    again, newer = form.refused(refusal), None
    if isinstance(refusal, Stale):
        newer = fields_of(refusal.data)
        # Whoever has seen them goes on from there.
        again = with_values(again, version=str(refusal.data.version))
    mine = again.values
    joined = newer and {
        "title": mine["title"] or newer["title"],
        "body": both(mine["body"], newer["body"]),
        "tags": mine["tags"] or newer["tags"],
    }
    return page(
        request, "draft.html", status_code=422, subject=str(about), form=again, titled=has_title(about),
        newer=newer, both=joined, place=url_of(about),
    )  # fmt: skip


def _subject_or_none(text: str) -> Subject | None:
    try:
        return Subject.parse(text)
    except NotFound:
        return None
