"""HTML: the page behind "stop these mails". Opening it stops nothing; a button does, or a mail program's one click."""

from typing import Any

from litestar import Controller, Request, Response, get, post

from app.database.transaction import transaction
from app.mail.lists import links
from app.mail.lists.links import Subscription
from app.web.errors import NotFound
from app.web.forms import read_form, see_other
from app.web.secrecy import secret_page
from app.web.sizes import FEW_WORDS
from app.web.suspension import ALSO_SUSPENDED

Asked = Request[Any, Any, Any]

# RFC 8058: such a request comes from a mail program, which follows nowhere.
ONE_CLICK = "List-Unsubscribe"


class UnsubscriptionPages(Controller):
    path = "/unsubscriptions/{name:str}/{user_id:int}/{signature:str}"
    include_in_schema = False
    opt = ALSO_SUSPENDED
    request_max_body_size = FEW_WORDS

    @get("/")
    async def show(self, request: Asked, name: str, user_id: int, signature: str) -> Response[Any]:
        return await _show(request, await links.find(name, user_id, signature))

    @post("/")
    async def leave(self, request: Asked, name: str, user_id: int, signature: str) -> Response[Any]:
        found = await _require(name, user_id, signature)
        async with transaction() as change:
            await found.list.stop(change, user_id)
        if (await read_form(request, ONE_CLICK)).values[ONE_CLICK]:
            response = await _show(request, found)
            response.status_code = 200
            return response
        return see_other(request.url.path)

    @post("/removal")
    async def come_back(self, request: Asked, name: str, user_id: int, signature: str) -> Response[Any]:
        found = await _require(name, user_id, signature)
        if found.list.start is None:
            raise NotFound
        async with transaction() as change:
            await found.list.start(change, user_id)
        return see_other(request.url.path.removesuffix("/removal"))


async def _require(name: str, user_id: int, signature: str) -> Subscription:
    found = await links.find(name, user_id, signature)
    if found is None:
        raise NotFound(
            "This link leads nowhere any more: it was for another address than the account has now."
        )
    return found


async def _show(request: Asked, found: Subscription | None) -> Response[Any]:
    if found is None:
        return secret_page(request, "unsubscription.html", status_code=404, found=None, wanted=False)
    wanted = await found.list.wanted(found.user_id)
    return secret_page(
        request, "unsubscription.html", found=found, wanted=wanted, path=request.url.path.rstrip("/")
    )
