"""What the hub counts, read from `/metrics` of a real server."""

from tests.serving import Server
from tests.waiting import eventually

Figures = dict[str, float]
PREFIX = "hubbub_live_"


async def figures(server: Server) -> Figures:
    async with server.client() as client:
        text = (await client.get("/metrics")).text
    lines = [line.rpartition(" ") for line in text.splitlines() if line.startswith(PREFIX)]
    return {name.removeprefix(PREFIX): float(value) for name, _, value in lines}


async def moved(server: Server, before: Figures, name: str, by: float = 1) -> None:
    """Wait until a figure has grown by at least so much."""

    async def has() -> bool:
        return (await figures(server)).get(name, 0) >= before.get(name, 0) + by

    await eventually(has, f"{name} grows by {by}")
