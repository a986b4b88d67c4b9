"""HTML: threads, branches of them, and the forms of comments."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.response import Redirect

from app.accounts.viewer import Viewer, require_member
from app.comments import pending, queries, removing, services
from app.comments.cookies import no_reply_cookie, reply_cookie, reply_in
from app.comments.schemas import Comment, CommentChange, NewComment, ThreadPage
from app.comments.threads import MAX_DEPTH, tree, unread_of
from app.drafts.forms import go_on
from app.drafts.schemas import edit_of, reply_to
from app.moderation.forms import show_removal
from app.moderation.schemas import read_reason
from app.posts.policy import require_can
from app.posts.queries import get_post
from app.web.errors import Invalid, Refusal
from app.web.forms import Form, empty_form, read_form, see_other
from app.web.templates import page
from app.web.validation import read_fields

Asked = Request[Any, Any, Any]


class ThreadPages(Controller):
    include_in_schema = False

    @get("/posts/{post_id:int}/{slug:str}")
    async def show_thread(
        self, request: Asked, viewer: Viewer, post_id: int, slug: str, after: int = 0
    ) -> Response[Any]:
        thread = await queries.read_thread(viewer, post_id, max(0, min(after, 2**63 - 1)))
        if not thread.post.url.endswith(f"/{slug}"):
            return Redirect(thread.post.url, status_code=301)
        body = await pending.words_for(reply_in(request.cookies), post_id)
        form = empty_form(body=body)
        return _show(
            request, viewer, thread, form if body else await go_on(viewer, reply_to(post_id, None), form)
        )

    @post("/posts/{post_id:int}/comments")
    async def post_comment(self, request: Asked, viewer: Viewer, post_id: int) -> Response[Any]:
        form = await read_form(request, "body", "parent_id", "key", "version")
        try:
            new = _new_comment(form)
            if not viewer.signed_in:
                return await _keep(viewer, post_id, new)
            comment, _ = await services.post_comment(viewer, post_id, new)
        except Refusal as refusal:
            return await _refused(request, viewer, post_id, form, refusal)
        response = await _thread_at(viewer, comment)
        response.set_cookie(no_reply_cookie())
        return response


class CommentPages(Controller):
    path = "/comments/{comment_id:int}"
    include_in_schema = False

    @get("/")
    async def show_branch(self, request: Asked, viewer: Viewer, comment_id: int) -> Response[Any]:
        branch = await queries.read_branch(viewer, comment_id)
        return _show(request, viewer, branch, await _empty_reply(viewer, branch.post.id, comment_id))

    @get("/reply")
    async def show_reply(self, request: Asked, viewer: Viewer, comment_id: int) -> Response[Any]:
        comment = await queries.get_comment(viewer, comment_id)
        form = await _empty_reply(viewer, comment.post_id, comment_id)
        return await _show_reply(request, viewer, comment, form)

    @get("/edit")
    async def show_edit(self, request: Asked, viewer: Viewer, comment_id: int) -> Response[Any]:
        require_member(viewer)
        comment = await queries.get_comment(viewer, comment_id)
        require_can(comment.viewer, "edit")
        form = await go_on(viewer, edit_of("comment", comment_id), empty_form(body=comment.body or ""))
        return await _show_edit(request, viewer, comment, form)

    @post("/")
    async def edit(self, request: Asked, viewer: Viewer, comment_id: int) -> Response[Any]:
        form = await read_form(request, "body", "version")
        try:
            change = read_fields(CommentChange, {"body": form.values["body"]})
            comment = await services.edit_comment(viewer, comment_id, change)
        except Refusal as refusal:
            if refusal.status not in {401, 409, 422}:
                raise
            comment = await queries.get_comment(viewer, comment_id)
            return await _show_edit(request, viewer, comment, form.refused(refusal), 422)
        return await _thread_at(viewer, comment)

    @get("/removal")
    async def show_removal(self, request: Asked, viewer: Viewer, comment_id: int) -> Response[Any]:
        require_member(viewer)
        comment = await queries.get_comment(viewer, comment_id)
        require_can(comment.viewer, "remove")
        return show_removal(request, comment, empty_form("reason"))

    @post("/removal")
    async def remove(self, request: Asked, viewer: Viewer, comment_id: int) -> Response[Any]:
        form = await read_form(request, "reason")
        try:
            await removing.remove_comment(viewer, comment_id, read_reason(form.values["reason"]))
        except Invalid as refusal:
            comment = await queries.get_comment(viewer, comment_id)
            return show_removal(request, comment, form.refused(refusal), 422)
        return await _thread_at(viewer, await queries.get_comment(viewer, comment_id))

    @post("/restoration")
    async def restore(self, viewer: Viewer, comment_id: int) -> Response[Any]:
        await removing.restore_comment(viewer, comment_id)
        return await _thread_at(viewer, await queries.get_comment(viewer, comment_id))

    @get("/revisions")
    async def show_revisions(self, request: Asked, viewer: Viewer, comment_id: int) -> Response[Any]:
        comment = await queries.get_comment(viewer, comment_id)
        revisions = await queries.list_revisions(viewer, comment_id)
        title = (await get_post(viewer, comment.post_id)).title
        current = {"title": None, "body": comment.body or ""}
        return page(
            request, "revisions.html", title=title, url=comment.url, revisions=revisions, current=current
        )


def _show(
    request: Asked, viewer: Viewer, thread: ThreadPage, form: Form, status_code: int = 200
) -> Response[Any]:
    return page(
        request, "thread.html", status_code=status_code,
        post=thread.post, nodes=tree(thread.comments), branch=thread.branch, position=thread.position,
        next_after=thread.next_after, unread=unread_of(thread, viewer), after=thread.after, form=form,
        max_depth=MAX_DEPTH,
    )  # fmt: skip


def _new_comment(form: Form) -> NewComment:
    fields: dict[str, Any] = {"body": form.values["body"], "key": form.values["key"] or None}
    if form.values["parent_id"]:
        fields["parent_id"] = int(form.values["parent_id"]) if form.values["parent_id"].isdecimal() else 0
    return read_fields(NewComment, fields)


async def _keep(viewer: Viewer, post_id: int, new: NewComment) -> Response[Any]:
    """The words of someone without an account wait until they have one."""
    token = await pending.keep_reply(viewer, post_id, new)
    response = see_other("/sign-up")
    response.set_cookie(reply_cookie(token))
    return response


async def _refused(
    request: Asked, viewer: Viewer, post_id: int, form: Form, refusal: Refusal
) -> Response[Any]:
    """The form again with every word in it, where it was written."""
    if refusal.status not in {409, 422}:
        raise refusal
    again = form.refused(refusal)
    parent = form.values["parent_id"]
    if parent.isdecimal() and "parent_id" not in again.errors:
        comment = await queries.get_comment(viewer, int(parent))
        return await _show_reply(request, viewer, comment, again, 422)
    return _show(request, viewer, await queries.read_thread(viewer, post_id, 0), again, 422)


async def _empty_reply(viewer: Viewer, post_id: int, comment_id: int) -> Form:
    """To be filled; with what one had begun, if one had."""
    form = empty_form("body", parent_id=str(comment_id))
    return await go_on(viewer, reply_to(post_id, comment_id), form)


async def _show_reply(
    request: Asked, viewer: Viewer, comment: Comment, form: Form, status_code: int = 200
) -> Response[Any]:
    post = await get_post(viewer, comment.post_id)
    return page(request, "reply.html", status_code=status_code, comment=comment, post=post, form=form)


async def _show_edit(
    request: Asked, viewer: Viewer, comment: Comment, form: Form, status_code: int = 200
) -> Response[Any]:
    post = await get_post(viewer, comment.post_id)
    return page(request, "comment_form.html", status_code=status_code, comment=comment, post=post, form=form)


async def _thread_at(viewer: Viewer, comment: Comment) -> Response[Any]:
    """Back to the comment in its thread, or on its own page where the thread is too long or too deep for it."""
    return see_other(await queries.place_of(viewer, comment))
