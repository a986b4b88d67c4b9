"""Reports and decisions by the API, as the tests make them."""

from typing import Any

import httpx

from tests.api import BASE, shown


async def report(
    client: httpx.AsyncClient, subject: str, reason: str = "spam", status: int = 201, **more: object
) -> Any:
    body = {"subject": subject, "reason": reason, **more}
    return shown(await client.post(f"{BASE}/flags", json=body), status)


async def decide(client: httpx.AsyncClient, flag_id: int, status: str) -> Any:
    return shown(await client.patch(f"{BASE}/flags/{flag_id}", json={"status": status}))


async def listed(client: httpx.AsyncClient, **query: str) -> Any:
    return shown(await client.get(f"{BASE}/flags", params=query))
