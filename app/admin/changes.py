"""What may be changed through Piccolo Admin: a member's role and notes, by the service that does so."""

from datetime import datetime
from typing import Any

from fastapi import HTTPException
from piccolo_api.crud.hooks import Hook, HookType
from starlette.requests import Request

from app.accounts.administration import MemberChange, change_member_within
from app.web.errors import FieldError, Invalid, Refusal
from app.web.validation import read_fields

FIXED = "This cannot be changed here."


async def change_member(row_id: int, values: dict[Any, Any], request: Request) -> dict[Any, Any]:
    """Let the service change the member and write it down, in the transaction that the bridge has opened.

    Piccolo Admin sends the whole form and then stores what comes back: only what the service has stored.
    """
    sent = {column._meta.name: getattr(value, "value", value) for column, value in values.items()}
    wanted = {name: sent.pop(name) for name in MemberChange.__struct_fields__ if name in sent}
    try:
        await _refuse_others(row_id, sent, values)
        now = await change_member_within(
            request.state.change, request.state.viewer, row_id, read_fields(MemberChange, wanted)
        )
    except Refusal as refusal:
        raise HTTPException(
            422, [{"loc": [e.field or "row"], "msg": e.message} for e in refusal.errors]
        ) from None
    table = next(iter(values))._meta.table
    return {table._meta.get_column_by_name(name): value for name, value in now.items()}


async def _refuse_others(row_id: int, sent: dict[str, Any], values: dict[Any, Any]) -> None:
    if not values:
        raise Invalid([FieldError("role", "required", "Nothing to change was sent.")])
    table = next(iter(values))._meta.table
    row = await table.select().where(table._meta.primary_key == row_id).first()
    changed = [name for name, value in sent.items() if _shown(value) != _shown(row[name])]
    if changed:
        raise Invalid([FieldError(name, "invalid", FIXED) for name in sorted(changed)])


def _shown(value: Any) -> Any:
    """A time as the form gives it back: to the minute."""
    return value.replace(second=0, microsecond=0) if isinstance(value, datetime) else value


MEMBER_HOOKS = [Hook(HookType.pre_patch, change_member)]
