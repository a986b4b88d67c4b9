"""A small value of any of our types, for examples; and from an event's, the channels that it goes to."""

import re
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import UnsetType

from app.live.log import Event

# What stands for a field of this name; any other text is its own name.
VALUES: dict[str, Any] = {
    "id": 42, "post_id": 42, "seq": 119, "after": 118, "limit": 500, "parent_id": 7, "depth": 1, "protocol": 1,
    "ping_ms": 10_000, "checked_ms": 400, "retry_after_ms": 1000, "reconnect_in": [1000, 10_000],
    "count": 3, "post": 42, "comments_count": 12, "replies_count": 0, "channel": "post:42",
    "epoch": "20c945f734787423", "connection": "5f0c9b2f7f6a1d3e", "subject": "comment:7", "username": "alice",
    "name": "Alice", "avatar_url": None, "role": "member", "title": "Which tea?", "body": "Oolong.",
    "body_html": "<p>Oolong.</p>", "excerpt": "Oolong.", "url": "/posts/42/which-tea", "key": "k1", "by": "author",
    "tags": ["tea"], "reactions": {"like": 3}, "seqs": {"post:42": 119}, "token": "hub_…",
    "message": "There is no such channel here.",
}  # fmt: skip
TIME = "2026-01-31T12:00:00.123Z"


def sample(kind: Any, name: str = "") -> Any:
    """What `msgspec.to_builtins` would give for a value of this type, in a field of this name."""
    if get_origin(kind) is Annotated:
        return sample(get_args(kind)[0], name)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _sample_struct(kind)
    if name in VALUES:
        return VALUES[name]
    if get_origin(kind) in {Union, UnionType}:
        return sample(next(one for one in get_args(kind) if one not in {type(None), UnsetType}), name)
    return _sample_plain(kind, name)


def _sample_struct(kind: type[msgspec.Struct]) -> dict[str, Any]:
    config = kind.__struct_config__
    tag = {config.tag_field: config.tag} if config.tag_field else {}
    # What a viewer may do is never in what goes to all.
    fields = (field for field in msgspec.structs.fields(kind) if field.name != "viewer")
    return {**tag, **{field.encode_name: sample(field.type, field.name) for field in fields}}


def _sample_plain(kind: Any, name: str) -> Any:
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if get_origin(kind) is list:
        return [sample(get_args(kind)[0])]
    if kind is str:
        return TIME if name == "at" or name.endswith("_at") else name
    return {int: 1, bool: False}.get(kind, {})


def sample_event(kind: type[Event]) -> Event:
    return msgspec.convert(_sample_struct(kind), kind)


def channels_of(kind: type[Event]) -> list[str]:
    """`post:{id}`, `posts`: where events of this kind are said."""
    return [re.sub(r"\d+", "{id}", channel) for channel in sample_event(kind).channels]
