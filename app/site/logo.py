"""The community's logo: read once, at the start, and known for what it is by its content."""

import io
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET  # nosec  # see _is_svg

from PIL import Image

from app.bundled import LaunchError
from app.settings import settings

LARGEST = 512 * 1024
PIXELS = 4096
KINDS = {"PNG": "image/png", "WEBP": "image/webp"}
SVG = "image/svg+xml"


class Logo(NamedTuple):
    body: bytes
    media_type: str


def read(path: str) -> Logo | None:
    """The file; None without a path. Raises LaunchError, one line, for what is no logo."""
    if not path:
        return None
    try:
        with Path(path).expanduser().open("rb") as file:
            body = file.read(LARGEST + 1)
    except OSError as error:
        raise LaunchError(f"HUBBUB_LOGO: {path} cannot be read: {error.strerror}.") from None
    if len(body) > LARGEST:
        raise LaunchError(f"HUBBUB_LOGO: {path} is larger than 512 kB.")
    media_type = _sniff(body)
    if media_type is None:
        raise LaunchError(
            f"HUBBUB_LOGO: {path} is no whole PNG, WebP or SVG image of at most {PIXELS} pixels a side."
        )
    return Logo(body, media_type)


def _sniff(body: bytes) -> str | None:
    try:
        with Image.open(io.BytesIO(body), formats=tuple(KINDS)) as image:
            fits = max(image.size) <= PIXELS
            if fits:
                image.load()
            return KINDS[str(image.format)] if fits else None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return SVG if _is_svg(body) else None


def _is_svg(body: bytes) -> bool:
    if b"<!ENTITY" in body:
        return False
    try:
        # The operator's own file, small, and without entities.
        root = ET.fromstring(body)  # noqa: S314  # nosec
    except (ET.ParseError, ValueError, LookupError):
        return False
    return root.tag == "{http://www.w3.org/2000/svg}svg"


LOGO = read(settings.logo)
