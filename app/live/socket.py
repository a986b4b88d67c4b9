"""`/live`: where every WebSocket ends; conversation.py has what is said on one."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.types import ASGIApp, Receive, Send

from app.live import frames
from app.live.conversation import Connection, Conversation

PATH = "/live"


class Sockets:
    """Wraps the application: every WebSocket ends here, past the layers and the routing that requests need.

    `state` has `hub` and `door` from when the server is up.
    """

    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        await receive()
        if scope["path"] != PATH or not self._state.door.admits(_connection(scope)):
            # Closed before it is accepted, which the server answers with 403.
            await send({"type": "websocket.close", "code": 1000, "reason": ""})
            return
        chosen = frames.SUBPROTOCOL if frames.SUBPROTOCOL in scope["subprotocols"] else None
        await send({"type": "websocket.accept", "subprotocol": chosen, "headers": []})
        conversation = Conversation(scope, receive, send, self._state)
        try:
            if await conversation.begin(_connection(scope)):
                await conversation.hold()
        finally:
            conversation.end()


def _connection(scope: Any) -> Connection:
    """For whoever reads headers and cookies; a copy, as what reading leaves in its state would stay for hours."""
    copy: Any = {**scope, "state": {}}
    return ASGIConnection(copy)
