"""`hubbub tail`: channels as they move, one line an event, for people or for programs."""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from app.bundled import LaunchError
from app.live.client import AWAY, Client, Refused
from app.live.following import Event, Gone, Position, Told

WORDS = 72
CHANNEL, KIND, PLAIN = "\x1b[2m", "\x1b[36m", "\x1b[0m"


async def run(
    url: str, channels: Sequence[str], *, as_json: bool, after: str | None, token_file: str | None
) -> int:
    """Follow until Ctrl-C; an exit status of 1 when nothing is left to follow. Raises LaunchError."""
    token = _read_token(token_file)
    try:
        places = await _places(url, channels, after, token)
        async with Client(url, places, token=token) as live:
            return await _tell(live, as_json=as_json, left=set(channels))
    except BrokenPipeError:
        # Whoever read us has had enough, say `head`; the interpreter would complain as it flushes.
        sys.stdout = None
        return 0
    except Refused as error:
        code, reason = error.args
        raise LaunchError(f"{url} does not let us in: {reason or 'no reason given'} ({code}).") from None
    except AWAY as error:
        raise LaunchError(f"Nothing answers at {url}: {str(error) or type(error).__name__}") from None


async def _places(
    url: str, channels: Sequence[str], after: str | None, token: str | None
) -> dict[str, Position | None]:
    """Where to start in each channel. Without an epoch, a place is meant in the current one."""
    if after is None:
        return dict.fromkeys(channels)
    epoch, _, seq = after.rpartition(":")
    if not seq.isdecimal():
        raise LaunchError(
            f"--after {after} is no place: a number, or an epoch and a number, as --json shows them."
        )
    if epoch:
        return {channel: (epoch, int(seq)) for channel in channels}
    async with Client(url, dict.fromkeys(channels), token=token) as live:
        await live.enter()
        return {c: (live.positions[c][0], int(seq)) if c in live.positions else None for c in channels}


async def _tell(live: Client, *, as_json: bool, left: set[str]) -> int:
    many, colours = len(left) > 1, sys.stdout.isatty()
    async for told in live:
        line = _json(told) if as_json else readable(told, many=many, colours=colours)
        print(line, flush=True)  # noqa: T201  # this is a terminal's program
        if isinstance(told, Gone):
            left.discard(told.channel)
            if not left:
                return 1
    return 0


def _json(told: Told) -> str:
    return msgspec.json.encode({"type": type(told).__name__.lower(), **msgspec.to_builtins(told)}).decode()


def readable(told: Told, *, many: bool, colours: bool) -> str:
    """`14:02:31  comment.created  Alice: what they wrote`; with the channel in front when there are many."""
    place = f"{told.channel:<12}" if many else ""
    if isinstance(told, Event):
        time = datetime.fromisoformat(told.at).astimezone().strftime("%H:%M:%S")
        kind, words = f"{told.event:<17}", _words(told.data)
    elif isinstance(told, Gone):
        time, kind, words = " " * 8, f"{'over':<17}", f"{told.channel}: {told.reason}"
    else:
        time, kind, words = (
            " " * 8,
            f"{'resync':<17}",
            f"{told.channel} goes on after {told.seq}: {told.reason}",
        )
    if colours:
        time, place, kind = f"{CHANNEL}{time}", f"{place}{PLAIN}", f"{KIND}{kind}{PLAIN}"
    return f"{time}  {place}{kind} {words}".rstrip()


def _words(data: Any) -> str:
    """Who, and the beginning of what, of any event's data."""
    if not isinstance(data, dict):
        return "(removed since)"
    who = (data.get("author") or {}).get("name", "")
    what = data.get("title") or data.get("body") or data.get("excerpt") or _rest(data)
    return safe(f"{who}: {what}" if who else what)


def _rest(data: dict[str, Any]) -> str:
    removed = data.get("removed")
    if removed:
        return f"{data.get('id')} by its {removed['by']}" + (
            f": {removed['reason']}" if removed["reason"] else ""
        )
    return " ".join(f"{key}={value}" for key, value in data.items())


def safe(text: str) -> str:
    """One short line, without what a terminal would take for an order."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= WORDS else line[: WORDS - 1].rstrip() + "…"


def _read_token(path: str | None) -> str | None:
    if path is None:
        return None
    try:
        token = Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise LaunchError(f"The token cannot be read: {error}") from None
    if not token:
        raise LaunchError(f"{path} is empty.")
    return token
