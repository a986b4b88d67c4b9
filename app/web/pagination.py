"""Numbered pages of a list (API.md, Lists)."""

from typing import Annotated, Any

import msgspec
from litestar import Request
from litestar.params import Parameter

# The offset of the last page that can be asked for must still fit into PostgreSQL's bigint.
PageNumber = Annotated[int, Parameter(ge=1, le=10**15)]
PerPage = Annotated[int, Parameter(ge=1, le=100)]


class PageMeta(msgspec.Struct, frozen=True):
    page: int
    per_page: int
    total: int
    pages: int


def page_meta(page: int, per_page: int, total: int) -> PageMeta:
    return PageMeta(page, per_page, total, -(-total // per_page))


def page_number(request: Request[Any, Any, Any]) -> int:
    """The `page` of a page's query; whatever is none is the first."""
    text = request.query_params.get("page", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) <= 9 else 1
