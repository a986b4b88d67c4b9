"""For search engines: what to look at, and where it is."""

from typing import Any

from litestar import Request, Response, get

from app.site import queries
from app.web.address import caching, root
from app.web.errors import NotFound
from app.web.xml import document

Asked = Request[Any, Any, Any]
XML = "application/xml"
# Not for pages: those say themselves that they are not to be listed, and must be read for that.
NOT_PAGES = ("/api/v1/", "/live", "/comments/*/reply", "/posts/new")


@get("/robots.txt", include_in_schema=False, media_type="text/plain; charset=utf-8")
async def robots(request: Asked) -> Response[str]:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_PAGES)]
    text = "\n".join([*lines, "", f"Sitemap: {root(request)}/sitemap.xml", ""])
    return Response(text, headers={"Cache-Control": caching()})


@get("/sitemap.xml", include_in_schema=False)
async def sitemap(request: Asked) -> Response[bytes]:
    return _xml(document("sitemaps.xml", root=root(request), last=await queries.last_block()))


@get("/sitemaps/{number:int}", include_in_schema=False)
async def sitemap_page(request: Asked, number: int) -> Response[bytes]:
    if number > await queries.last_block():
        raise NotFound
    posts = await queries.list_block(number)
    return _xml(document("sitemap.xml", root=root(request), number=number, posts=posts))


def _xml(body: bytes) -> Response[bytes]:
    return Response(body, media_type=XML, headers={"Cache-Control": caching()})
