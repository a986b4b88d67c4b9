"""Pictures, as browsers ask for them."""

from litestar import Response, get

from app.uploads import queries
from app.web.assets import IMMUTABLE


@get("/uploads/{file_name:str}", include_in_schema=False)
async def picture(file_name: str) -> Response[bytes]:
    """A picture never changes under its name. Raises NotFound."""
    body = await queries.get_picture(file_name)
    return Response(body, media_type="image/webp", headers={"Cache-Control": IMMUTABLE})
