"""What no log may hold: tokens, passwords in URLs, people's addresses and people's words."""

import re
import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any

import asyncpg
import msgspec

# Every token of ours is one long run of these; what else is as long is not missed in a log.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{40,}")
# Also what stands between `://` and the host of a URL, but for the name before the password.
_ADDRESS = re.compile(r"[^\s@:/,;<>()'\"]+@[^\s@,;<>()'\"]+")
# PostgreSQL tells of a refused row by showing it.
_DETAIL = re.compile(r"\n(?:DETAIL|HINT):.*\Z", re.DOTALL)
# It came with the request, or was made for it, and everybody may know it.
_KNOWN = {"request_id"}

# Their messages repeat the value that was wrong, which somebody sent.
_REPEATING = (ValueError, LookupError, msgspec.MsgspecError)


def conceal(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of structlog: the same event without what is nobody's business."""
    for name, value in event.items():
        if isinstance(value, str) and name not in _KNOWN:
            event[name] = concealed(value)
    return event


def concealed(text: str) -> str:
    return _TOKEN.sub("…", _ADDRESS.sub("…", _DETAIL.sub("", text)))


def describe(error: BaseException) -> str:
    """A traceback in which stands what happened and where, and nothing of what was sent; the cause comes first."""
    return "\n".join(_parts(error)).strip()


def _parts(error: BaseException) -> Iterator[str]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _parts(before)
        yield "which led to:"
    yield "".join(traceback.format_tb(error.__traceback__)) + _named(error)
    for one in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        yield from _parts(one)


def _named(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, asyncpg.PostgresError):
        return concealed(f"{name}: {error.args[0] if error.args else ''}")
    return name if isinstance(error, _REPEATING) else concealed(f"{name}: {error}")
