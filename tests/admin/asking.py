"""Piccolo Admin as its own page asks it: with its token against forged requests in a cookie and a header."""

from typing import Any

import httpx

API = "/admin/api/tables"


async def open_panel(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Load the page, which brings the cookie, and answer with it from now on."""
    page = await client.get("/admin/")
    assert page.status_code == 200
    client.headers["X-CSRFToken"] = client.cookies["csrftoken"]
    return client


async def rows(client: httpx.AsyncClient, table: str, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get(f"{API}/{table}/", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["rows"]
    return found
