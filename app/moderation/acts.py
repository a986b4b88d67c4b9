"""What follows from an act of a moderator: a line in the log, and a word to the author."""

from collections.abc import Mapping
from typing import Any, Literal, get_args

from app.accounts.viewer import Viewer
from app.database.transaction import Change
from app.moderation.log import write_action
from app.moderation.schemas import Act
from app.notifications.jobs import notify_moderation_soon
from app.notifications.moderation import Action, Verb


async def note_act(
    change: Change,
    moderator: Viewer,
    act: Act,
    noun: Literal["post", "comment"],
    row: Mapping[str, Any],
    reason: str | None,
) -> None:
    """Write down what was done with this row, and have its author told; nobody is told of their own acts."""
    line = await write_action(moderator, act, noun, row["id"], reason)
    if act in get_args(Verb) and row["author"] is not None and not moderator.is_member(row["author"]):
        await notify_moderation_soon(change, Action(noun, row["id"], act, reason, str(line)))  # type: ignore[arg-type]  # one of Verb, as just checked
