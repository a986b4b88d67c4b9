"""Reading pictures."""

from app.database.engine import DB
from app.uploads.names import read_file_name
from app.web.errors import NotFound

_FIND = """
SELECT pictures.body FROM uploads JOIN pictures ON pictures.upload = uploads.id
WHERE uploads.name = $1 AND pictures.size = $2
"""


async def get_picture(file_name: str) -> bytes:
    """The WebP of this name. Raises NotFound."""
    meant = read_file_name(file_name)
    rows = await DB.fetch(_FIND, *meant) if meant else []
    if not rows:
        raise NotFound
    body: bytes = rows[0]["body"]
    return body
