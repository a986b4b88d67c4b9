"""The files that a community's face is made of: theme, logo, icons, manifest."""

from typing import Any

import msgspec
from litestar import Response, get

from app.settings import settings
from app.site import icons
from app.site.identity import version
from app.site.logo import LOGO, SVG
from app.site.theme import STYLE_SHEET
from app.web.assets import IMMUTABLE
from app.web.errors import NotFound

# Asked for by names that everybody knows; a new face is seen within a day.
A_DAY = "public, max-age=86400"
# Other sites may show them: readers of feeds, previews of links.
SHARED = {"Cross-Origin-Resource-Policy": "cross-origin"}
# A drawing is a document to whoever opens it by itself: it may load, run and send nothing.
AS_IMAGE = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox"}
SIZES = (192, 512)


@get("/theme.css", include_in_schema=False)
async def theme(v: str = "") -> Response[str]:
    if not STYLE_SHEET:
        raise NotFound
    caching = IMMUTABLE if v == version(STYLE_SHEET.encode()) else "no-cache"
    return Response(STYLE_SHEET, media_type="text/css; charset=utf-8", headers={"Cache-Control": caching})


@get("/logo", include_in_schema=False)
async def logo(v: str = "") -> Response[bytes]:
    if LOGO is None:
        raise NotFound
    caching = IMMUTABLE if v == version(LOGO.body) else "no-cache"
    return _image(LOGO.body, LOGO.media_type, caching)


@get("/favicon.svg", include_in_schema=False)
async def favicon() -> Response[bytes]:
    return _image(icons.svg(), SVG)


@get("/favicon.ico", include_in_schema=False, sync_to_thread=True)
def favicon_ico() -> Response[bytes]:
    return _image(icons.ico(), "image/x-icon")


@get("/apple-touch-icon.png", include_in_schema=False, sync_to_thread=True)
def apple_touch_icon() -> Response[bytes]:
    return _image(icons.png(180, full=True), "image/png")


@get("/icons/{name:str}", include_in_schema=False, sync_to_thread=True)
def icon(name: str) -> Response[bytes]:
    """`192.png` and `512.png`, and `full-…` for systems that cut their own shape."""
    sizes = {f"{kind}{size}.png": (size, bool(kind)) for size in SIZES for kind in ("", "full-")}
    if name not in sizes:
        raise NotFound
    size, full = sizes[name]
    return _image(icons.png(size, full=full), "image/png")


@get("/site.webmanifest", include_in_schema=False)
async def manifest() -> Response[bytes]:
    described = {"description": settings.description} if settings.description else {}
    content: dict[str, Any] = {
        "id": "/",
        "name": settings.name,
        "short_name": settings.name[:30].rstrip(),
        **described,
        "lang": "en",
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "background_color": icons.PAPER,
        "theme_color": icons.PAPER,
        "icons": [
            {
                "src": f"/icons/{kind}{size}.png",
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": use,
            }
            for kind, use in (("", "any"), ("full-", "maskable"))
            for size in SIZES
        ],
    }
    headers = {"Cache-Control": "public, no-cache"}
    return Response(msgspec.json.encode(content), media_type="application/manifest+json", headers=headers)


def _image(body: bytes, media_type: str, caching: str = A_DAY) -> Response[bytes]:
    strict = AS_IMAGE if media_type == SVG else {}
    return Response(body, media_type=media_type, headers={"Cache-Control": caching, **SHARED, **strict})


FILES = [theme, logo, favicon, favicon_ico, apple_touch_icon, icon, manifest]
