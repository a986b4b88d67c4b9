"""The verbs of uploads, each inside the transaction of what the picture is for."""

from collections.abc import Mapping

from app.database.engine import DB
from app.uploads.names import new_name, read_file_name, url_of

_KEEP = """
WITH upload AS (INSERT INTO uploads (name, owner) VALUES ($1, $2) RETURNING id)
INSERT INTO pictures (upload, size, body)
SELECT upload.id, given.size, given.body FROM upload, unnest($3::smallint[], $4::bytea[]) AS given (size, body)
"""


async def keep(owner: int, pictures: Mapping[int, bytes]) -> str:
    """Store the pictures of one upload under a name that nobody guesses; its address."""
    name = new_name()
    await DB.fetch(_KEEP, name, owner, list(pictures), list(pictures.values()))
    return url_of(name)


async def drop_all(owner: int) -> None:
    """Delete everything that a member sent."""
    await DB.fetch("DELETE FROM uploads WHERE owner = $1", owner)


async def drop(url: str | None) -> None:
    """Delete the upload at this address, if it is one of ours."""
    found = read_file_name((url or "").removeprefix("/uploads/"))
    if found is not None:
        await DB.fetch("DELETE FROM uploads WHERE name = $1", found[0])
