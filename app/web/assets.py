"""Static files: read once, served under an address that changes with their content, cached for ever."""

import hashlib
import mimetypes
from pathlib import Path
from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.params import Parameter

from app.web import joining
from app.web.errors import NotFound

FOLDER = Path(__file__).parent.parent.parent / "static"
IMMUTABLE = "public, max-age=31536000, immutable"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
ENTRIES = {"css/hubbub.css": joining.join_sheets, "js/app.js": joining.join_modules}


class Asset(msgspec.Struct, frozen=True):
    body: bytes
    media_type: str


def load(folder: Path = FOLDER) -> tuple[str, dict[str, Asset]]:
    """All files by their path below `folder`, and one version for the tree.

    One version for all, so that modules and style sheets name each other by relative addresses. A path that
    is not in the table is not served, whatever it looks like.
    """
    files = {
        path.relative_to(folder).as_posix(): Asset(path.read_bytes(), _media_type(path))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".md"
    }
    _join(files)
    digest = hashlib.sha256()
    for name, asset in files.items():
        digest.update(name.encode() + b"\0" + asset.body + b"\0")
    return digest.hexdigest()[:12], files


def _join(files: dict[str, Asset]) -> None:
    """Put what the entries import into them, so that a first visit asks for two files and not for sixty."""
    for entry, join in ENTRIES.items():
        if entry in files:
            texts = {
                name: asset.body.decode() for name, asset in files.items() if name.endswith((".css", ".js"))
            }
            files[entry] = Asset(join(entry, texts).encode(), files[entry].media_type)


def _media_type(path: Path) -> str:
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


VERSION, FILES = load()


def address(path: str) -> str:
    """Where `static/{path}` is served. Raises KeyError for a file that does not exist."""
    FILES[path]
    return f"/static/{VERSION}/{path}"


@get("/static/{version:str}/{path:path}", include_in_schema=False)
async def static_file(version: str, path: Annotated[Any, Parameter(str)]) -> Response[bytes]:
    asset = FILES.get(str(path).lstrip("/"))
    if asset is None:
        raise NotFound
    # An old page may ask for an old version: it gets today's file, but must not keep it.
    caching = IMMUTABLE if version == VERSION else "no-cache"
    return Response(asset.body, media_type=asset.media_type, headers={"Cache-Control": caching})
