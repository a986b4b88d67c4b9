"""The live feed over plain HTTP: long poll, and Server-Sent Events for who accepts them."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import Parameter

from app.accounts.viewer import Viewer
from app.live import frames
from app.live.connections import TooManyConnections
from app.live.held import held
from app.live.hub import Hub, NotReadable
from app.live.polling import Answer, Place, Poll
from app.live.sse import MEDIA_TYPE, EventStream, StreamResponse
from app.web.envelope import Success, ok
from app.web.errors import FieldError, Invalid, NotFound, RateLimited, Unavailable

# What is compressed is held back until there is enough of it.
UNCOMPRESSED = "uncompressed"
# Connections come and go slowly: who waits a little less would ask in vain.
FULL_SECONDS = 10

Epoch = Annotated[str | None, Parameter(max_length=64)]
After = Annotated[int | None, Parameter(ge=0, le=frames.EXACT)]
Limit = Annotated[int, Parameter(ge=1, le=frames.PAGE)]
Wait = Annotated[int, Parameter(ge=0, le=25, description="Seconds until an empty answer.")]


@get("/api/v1/channels/{channel:str}/events", opt={UNCOMPRESSED: True}, tags=["channels"])
async def follow_channel(
    request: Request[Any, Any, Any], viewer: Viewer, channel: str,
    epoch: Epoch = None, after: After = None, limit: Limit = frames.PAGE, wait: Wait = 0,
) -> Response[Success[Answer]]:  # fmt: skip
    """A channel's events after a position; without one, after the tip. `meta` is where the next request goes on.

    With `Accept: text/event-stream` they come as Server-Sent Events, and `Last-Event-ID` beats `after`.
    """
    # Waiting is what this is for: it makes no slow request.
    request.state.waits = True
    wanted = frames.Subscribe(0, channel, epoch, after)
    try:
        if MEDIA_TYPE in request.headers.get("accept", ""):
            return await _stream(request, viewer, wanted)
        return await _poll(request, viewer, wanted, limit, wait)
    except NotReadable:
        raise NotFound from None
    except TooManyConnections:
        raise RateLimited("There are too many connections at once.", seconds=FULL_SECONDS) from None


async def _poll(
    request: Request[Any, Any, Any], viewer: Viewer, wanted: frames.Subscribe, limit: int, wait: int
) -> Response[Success[Answer]]:
    _require_whole(wanted)
    poll = Poll(_hub(request), viewer, _address(request))
    with held(poll, request.scope, request.receive):
        answer, place = await _answer(poll, wanted, limit, wait)
    response = ok(answer, meta=place)
    response.headers["Cache-Control"] = "no-store"
    return response


async def _answer(poll: Poll, wanted: frames.Subscribe, limit: int, wait: int) -> tuple[Answer, Place]:
    try:
        return await poll.answer(wanted, limit, wait)
    except ConnectionAbortedError:
        raise Unavailable("This ended before there was an answer; try again in a moment.") from None


async def _stream(request: Request[Any, Any, Any], viewer: Viewer, wanted: frames.Subscribe) -> Response[Any]:
    if last := request.headers.get("last-event-id"):
        wanted = frames.Subscribe(0, wanted.channel, *_position(last))
    _require_whole(wanted)
    stream = EventStream(_hub(request), viewer, _address(request), request.scope)
    await stream.open(wanted)
    return StreamResponse(stream)


def _position(last: str) -> tuple[str, int]:
    """The position in an id of ours. Any other is in no epoch, and is answered by a `resync`."""
    epoch, _, seq = last.rpartition(":")
    known = seq.isascii() and seq.isdecimal() and len(seq) <= 16
    return (epoch, min(int(seq), frames.EXACT)) if known else ("", 0)


def _require_whole(wanted: frames.Subscribe) -> None:
    if wanted.after is not None and wanted.epoch is None:
        raise Invalid([FieldError("epoch", "required", "`after` needs the `epoch` it was counted in.")])


def _hub(request: Request[Any, Any, Any]) -> Hub:
    hub: Hub = request.app.state.hub
    return hub


def _address(request: Request[Any, Any, Any]) -> str:
    return request.client.host if request.client else ""
