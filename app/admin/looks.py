"""Piccolo Admin's own page and script, with our name and colours, and fit for our Content-Security-Policy."""

import re
from pathlib import Path

from piccolo_admin.endpoints import ASSET_PATH, AdminRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.settings import settings
from app.web import assets

SCRIPT = re.compile(r'src="\./(assets/[\w.-]+\.js)"')
# Its bundle finds the global object by evaluating a string, the only one it evaluates. Browsers have had a
# name for it for years, and so nothing in our pages ever needs `unsafe-eval`.
EVALUATES, NAMES = b'new Function("return this")()', b"globalThis"


def dress(admin: AdminRouter) -> None:
    """Change what the browser gets; where a later version has other files, nothing is replaced."""
    if found := SCRIPT.search(admin.template):
        admin.router.routes.insert(0, _script(found[1]))
    sheets = "".join(
        f'<link rel="stylesheet" href="{assets.address(f"css/{name}.css")}">' for name in ("tokens", "admin")
    )
    script = f'<script type="module" src="{assets.address("js/admin.js")}"></script>'
    icon = '<link rel="icon" type="image/svg+xml" href="/favicon.svg">'
    name = settings.name.replace("&", "&amp;").replace("<", "&lt;")
    page = admin.template.replace("<title>Piccolo Admin</title>", f"<title>{name}</title>")
    admin.template = page.replace("</head>", f"{icon}{sheets}{script}</head>")


def _script(path: str) -> Route:
    content = (Path(ASSET_PATH) / path).read_bytes().replace(EVALUATES, NAMES)

    async def answer(request: Request) -> Response:
        return Response(content, media_type="text/javascript")

    return Route(f"/{path}", answer)
