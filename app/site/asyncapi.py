"""/api/asyncapi.json: the socket, its frames both ways and the channels behind it, as AsyncAPI 3."""

from functools import cache
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Response, get

from app.live import frames
from app.settings import settings
from app.site.messages import client_frames, events, messages, schemas, server_frames
from app.site.samples import channels_of

Document = dict[str, Any]

# What answers a request, by its type.
REPLIES = {
    "Auth": ["Welcome", "Error"],
    "Subscribe": ["Subscribed", "Error"],
    "Unsubscribe": ["Unsubscribed", "Error"],
    "Fetch": ["Events", "Resync", "Error"],
}
CHANNELS = {
    "posts": "Posts come, go and move. For everybody.",
    "post:{id}": "What happens in one thread. For whoever may read the post.",
    "user:{id}": "What concerns one member. For that member.",
    "moderation": "For moderators.",
}
SOCKET = """One JSON object a text frame; unknown fields are to be ignored. Writing goes over HTTP. A reader keeps a
position, (`epoch`, `seq`), in each channel: an event is applied when its `seq` is the position plus one, what is not
newer is dropped, and on a hole the rest is held and `fetch` asks for what is missing.

**Close codes.** Come back, with full jitter over `reconnect_in` of the `bye` before: 1012 restart, 4001 shutdown,
4008 too slow, 4012 no pong, 4013 too many frames. Do not come back: 4400 not a frame of this protocol, 4401 not
signed in (any more), 4403 forbidden, 4409 too many connections. A foreign Origin gets HTTP 403 and no upgrade."""


@get("/api/asyncapi.json", include_in_schema=False)
async def asyncapi() -> Response[bytes]:
    return Response(_encoded(), media_type="application/json")


@cache
def _encoded() -> bytes:
    return msgspec.json.encode(document())


def document() -> Document:
    told = messages()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": settings.name,
            "version": "1",
            "description": settings.description or "Everything that the pages show as it happens.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {"here": _server()},
        "channels": {"live": _socket(), **{_key(name): _channel(name) for name in CHANNELS}},
        "operations": _operations(),
        "components": {"messages": told, "schemas": schemas(), "securitySchemes": _security()},
    }


def _server() -> Document:
    url = urlsplit(settings.address)
    return {
        "host": url.netloc,
        "protocol": "wss" if url.scheme == "https" else "ws",
        "description": "Without either, one reads as anybody may.",
        "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in _security()],
    }


def _security() -> Document:
    return {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "hub_…", "description": "An access token."},
        "cookie": {
            "type": "httpApiKey", "in": "cookie", "name": "hubbub_session",
            "description": "What signing in sets; it counts beside an Origin that is ours or listed.",
        },
    }  # fmt: skip


def _socket() -> Document:
    names = [kind.__name__ for kind in (*client_frames(), *server_frames(), *events().values())]
    return {
        "address": "/live",
        "title": f"The socket ({frames.SUBPROTOCOL})",
        "description": SOCKET,
        "messages": _messages(names),
        "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
    }


def _channel(name: str) -> Document:
    told = [kind.__name__ for kind in events().values() if name in channels_of(kind)]
    place = {"parameters": {"id": {"description": "The post's or the member's id."}}} if "{" in name else {}
    return {
        "address": name,
        "description": f"{CHANNELS[name]} Entered with a `subscribe` frame on the socket.",
        "messages": _messages(told),
        **place,
    }


def _operations() -> Document:
    heard = {f"hear{name}": _operation("receive", "live", [name]) for name in map(_name, client_frames())}
    for name, answers in REPLIES.items():
        heard[f"hear{name}"]["reply"] = {"channel": _at("live"), "messages": _references("live", answers)}
    unasked = [name for name in map(_name, server_frames()) if name not in {"Subscribed", "Error"}]
    said = {f"say{name}": _operation("send", "live", [name]) for name in unasked}
    told = {
        f"tell{_key(name).title()}": _operation("send", _key(name), list(_channel(name)["messages"]))
        for name in CHANNELS
        if _channel(name)["messages"]
    }
    return heard | said | told


def _operation(action: str, channel: str, names: list[str]) -> Document:
    return {"action": action, "channel": _at(channel), "messages": _references(channel, names)}


def _messages(names: list[str]) -> Document:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in names}


def _references(channel: str, names: list[str]) -> list[Document]:
    return [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in names]


def _at(channel: str) -> Document:
    return {"$ref": f"#/channels/{channel}"}


def _key(channel: str) -> str:
    return channel.partition(":")[0]


def _name(kind: type[Any]) -> str:
    return kind.__name__
