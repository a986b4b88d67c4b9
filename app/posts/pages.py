"""HTML: the front page, and the forms of posts."""

from typing import Any, get_args

from litestar import Controller, Request, Response, get, post
from litestar.response import Redirect

from app.accounts.viewer import Viewer, require_member
from app.drafts.forms import go_on, tags_in
from app.drafts.schemas import NEW, edit_of
from app.follows.queries import follows_tag
from app.moderation.forms import show_removal
from app.moderation.schemas import read_reason
from app.posts import queries, removing, services
from app.posts.policy import require_can
from app.posts.schemas import NewPost, Post, PostChange, Sort, tag_url
from app.web.errors import Invalid, Refusal, Unauthenticated
from app.web.forms import Form, empty_form, read_form, see_other
from app.web.pagination import page_meta, page_number
from app.web.templates import page
from app.web.validation import read_fields

Asked = Request[Any, Any, Any]
PER_PAGE = 20


class FrontPage(Controller):
    include_in_schema = False

    @get("/")
    async def show(
        self,
        request: Asked,
        viewer: Viewer,
        sort: str = "active",
        tag: str | None = None,
        q: str | None = None,
        following: str = "",
    ) -> Response[Any]:
        return await _list(request, viewer, sort, tag, q, following=following == "true")

    @get("/tags/{name:str}")
    async def show_tag(
        self, request: Asked, viewer: Viewer, name: str, sort: str = "active"
    ) -> Response[Any]:
        if name != name.lower():
            return Redirect(tag_url(name.lower()), status_code=301)
        return await _list(request, viewer, sort, name, None)


async def _list(
    request: Asked, viewer: Viewer, sort: str, tag: str | None, q: str | None, *, following: bool = False
) -> Response[Any]:
    """A page of posts, all or those of a tag; an order that is none is the usual one."""
    chosen = sort if sort in get_args(Sort) else "active"
    wanted = queries.Filter(sort=chosen, tag=tag, q=q, following=following)  # type: ignore[arg-type]  # one of Sort, as just checked
    current = page_number(request)
    listed = await queries.read_front(viewer, wanted, current, PER_PAGE)
    meta = page_meta(current, PER_PAGE, listed.total)
    return page(
        request, "front.html",
        posts=listed.posts, position=listed.position, sort=chosen, tag=tag, q=q, meta=meta,
        following=following, follows_tag=bool(tag) and await follows_tag(viewer, tag or ""),
    )  # fmt: skip


class PostPages(Controller):
    path = "/posts"
    include_in_schema = False

    @get("/new")
    async def show_new(self, request: Asked, viewer: Viewer) -> Response[Any]:
        if not viewer.signed_in:
            raise Unauthenticated
        form = await go_on(viewer, NEW, empty_form("title", "body", "tags"))
        return _show_form(request, None, form)

    @post("/")
    async def create(self, request: Asked, viewer: Viewer) -> Response[Any]:
        form = await read_form(request, "title", "body", "tags", "key", "version")
        try:
            made, _ = await services.publish_post(viewer, read_fields(NewPost, _fields(form)))
        except Refusal as refusal:
            return _refused(request, None, form, refusal)
        return see_other(made.url)

    @get("/{post_id:int}")
    async def find(self, viewer: Viewer, post_id: int) -> Response[Any]:
        return Redirect((await queries.get_post(viewer, post_id)).url, status_code=301)

    @get("/{post_id:int}/edit")
    async def show_edit(self, request: Asked, viewer: Viewer, post_id: int) -> Response[Any]:
        require_member(viewer)
        found = await queries.get_post(viewer, post_id)
        require_can(found.viewer, "edit")
        form = empty_form(title=found.title, body=found.body, tags=", ".join(found.tags))
        return _show_form(request, found, await go_on(viewer, edit_of("post", post_id), form))

    @post("/{post_id:int}")
    async def edit(self, request: Asked, viewer: Viewer, post_id: int) -> Response[Any]:
        form = await read_form(request, "title", "body", "tags", "version")
        try:
            changed = await services.edit_post(viewer, post_id, read_fields(PostChange, _fields(form)))
        except Refusal as refusal:
            return _refused(request, await queries.get_post(viewer, post_id), form, refusal)
        return see_other(changed.url)

    @get("/{post_id:int}/removal")
    async def show_removal(self, request: Asked, viewer: Viewer, post_id: int) -> Response[Any]:
        require_member(viewer)
        found = await queries.get_post(viewer, post_id)
        require_can(found.viewer, "remove")
        return show_removal(request, found, empty_form("reason"))

    @post("/{post_id:int}/removal")
    async def remove(self, request: Asked, viewer: Viewer, post_id: int) -> Response[Any]:
        form = await read_form(request, "reason")
        try:
            await removing.remove_post(viewer, post_id, read_reason(form.values["reason"]))
        except Invalid as refusal:
            found = await queries.get_post(viewer, post_id)
            return show_removal(request, found, form.refused(refusal), 422)
        return see_other((await queries.get_post(viewer, post_id)).url)

    @post("/{post_id:int}/restoration")
    async def restore(self, viewer: Viewer, post_id: int) -> Response[Any]:
        await removing.restore_post(viewer, post_id)
        return see_other((await queries.get_post(viewer, post_id)).url)

    @get("/{post_id:int}/revisions")
    async def show_revisions(self, request: Asked, viewer: Viewer, post_id: int) -> Response[Any]:
        found = await queries.get_post(viewer, post_id)
        revisions = await queries.list_revisions(viewer, post_id)
        current = {"title": found.title, "body": found.body}
        return page(
            request, "revisions.html", title=found.title, url=found.url, revisions=revisions, current=current
        )


def _fields(form: Form) -> dict[str, Any]:
    fields: dict[str, Any] = {**form.values, "tags": tags_in(form.values["tags"])}
    del fields["version"]
    if "key" in fields:
        fields["key"] = fields["key"] or None
    return fields


def _refused(request: Asked, found: Post | None, form: Form, refusal: Refusal) -> Response[Any]:
    """The form again with every word in it."""
    if refusal.status not in {401, 409, 422}:
        raise refusal
    return _show_form(request, found, form.refused(refusal), 422)


def _show_form(request: Asked, found: Post | None, form: Form, status_code: int = 200) -> Response[Any]:
    return page(request, "post_form.html", status_code=status_code, post=found, form=form)
