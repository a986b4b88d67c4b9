"""The page that shows the API to people: Swagger UI out of its package, in our colours."""

from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from swagger_ui_bundle import swagger_ui_path

from app.site.identity import version
from app.web.assets import IMMUTABLE
from app.web.errors import NotFound
from app.web.templates import page

TYPES = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
}
FILES = {name: (Path(str(swagger_ui_path)) / name).read_bytes() for name in TYPES}
VERSION = version(b"".join(FILES.values()))


@get("/api/docs", include_in_schema=False)
async def docs(request: Request[Any, Any, Any]) -> Response[str]:
    return page(request, "api_docs.html", files=f"/api/docs/{VERSION}")


@get("/api/docs/{asked:str}/{name:str}", include_in_schema=False)
async def docs_file(asked: str, name: str) -> Response[bytes]:
    if name not in FILES:
        raise NotFound
    caching = IMMUTABLE if asked == VERSION else "no-cache"
    return Response(FILES[name], media_type=TYPES[name], headers={"Cache-Control": caching})
