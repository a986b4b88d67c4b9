"""The verbs of profiles: one transaction each, and only on one's own."""

from typing import Any

from msgspec import UNSET

from app.accounts import queries
from app.accounts.profiles.schemas import UserChange
from app.accounts.schemas import User
from app.accounts.viewer import Viewer, require_member
from app.database.engine import DB
from app.database.transaction import transaction
from app.markdown import render
from app.uploads import images
from app.uploads import services as uploads
from app.web.errors import FieldError, Forbidden, Invalid, NotFound

_LOCK = 'SELECT avatar FROM profiles WHERE "user" = $1 FOR UPDATE'
_SET_AVATAR = 'UPDATE profiles SET avatar = $2 WHERE "user" = $1'


async def change_profile(viewer: Viewer, user_id: int, change: UserChange) -> User:
    """Change name and bio. Raises Unauthenticated, NotFound, Forbidden, Invalid."""
    await _require_own(viewer, user_id)
    columns = await _columns(change)
    if columns:
        changes = ", ".join(f"{name} = ${place}" for place, name in enumerate(columns, start=2))
        async with transaction():
            await DB.fetch(f'UPDATE profiles SET {changes} WHERE "user" = $1', user_id, *columns.values())
    return await queries.get_user(viewer, user_id)


async def set_avatar(viewer: Viewer, user_id: int, data: bytes) -> User:
    """Make a face out of the bytes of a picture; the one before it is deleted.

    Raises Unauthenticated, NotFound, Forbidden, Invalid.
    """
    await _require_own(viewer, user_id)
    pictures = await images.squares(data)
    async with transaction():
        # The lock comes first: of two uploads at once the later one deletes the earlier.
        before = await _lock_avatar(user_id)
        await DB.fetch(_SET_AVATAR, user_id, await uploads.keep(user_id, pictures))
        await uploads.drop(before)
    return await queries.get_user(viewer, user_id)


async def remove_avatar(viewer: Viewer, user_id: int) -> None:
    """Go back to the initial; nothing happens where there is no picture. Raises as `set_avatar` does."""
    await _require_own(viewer, user_id)
    async with transaction():
        before = await _lock_avatar(user_id)
        await DB.fetch(_SET_AVATAR, user_id, None)
        await uploads.drop(before)


async def _lock_avatar(user_id: int) -> str | None:
    """Where the picture is, held until the change ends. Raises NotFound for who has just left."""
    rows = await DB.fetch(_LOCK, user_id)
    if not rows:
        raise NotFound
    avatar: str | None = rows[0]["avatar"]
    return avatar


async def _require_own(viewer: Viewer, user_id: int) -> None:
    if require_member(viewer) != user_id:
        await queries.get_user(viewer, user_id)
        raise Forbidden


async def _columns(change: UserChange) -> dict[str, Any]:
    """The columns of `profiles` that are to be written; `profile.display_name` wins over `name`."""
    columns: dict[str, Any] = {}
    if change.name is not UNSET:
        columns["display_name"] = _not_blank("name", change.name)
    if change.profile is UNSET:
        return columns
    if change.profile.display_name is not UNSET:
        given = change.profile.display_name
        columns["display_name"] = None if given is None else _not_blank("profile.display_name", given)
    if change.profile.bio is not UNSET:
        bio = (change.profile.bio or "").strip() or None
        columns.update(bio=bio, bio_html=await render(bio) if bio else None)
    return columns


def _not_blank(field: str, name: str) -> str:
    if not name.strip():
        raise Invalid([FieldError(field, "required", "This cannot be left empty.")])
    return name.strip()
