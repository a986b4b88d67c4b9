"""What every page says of the community."""

import hashlib

import msgspec

from app.settings import settings
from app.site.icons import PAPER, PAPER_DARK
from app.site.logo import LOGO
from app.site.theme import STYLE_SHEET


class Site(msgspec.Struct, frozen=True):
    """`theme` and `logo` are addresses that change with what they hold, "" for none."""

    name: str
    description: str
    theme: str
    logo: str
    paper: tuple[str, str]


def version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


SITE = Site(
    name=settings.name,
    description=settings.description,
    theme=f"/theme.css?v={version(STYLE_SHEET.encode())}" if STYLE_SHEET else "",
    logo=f"/logo?v={version(LOGO.body)}" if LOGO else "",
    paper=(PAPER, PAPER_DARK),
)
