"""Every message of `hubbub.v1` as JSON Schema, made of the types that the code uses."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from app.live import frames, log
from app.live.channels import NAME
from app.site.samples import channels_of, sample, sample_event

Schema = dict[str, Any]
REF = "#/components/schemas/{name}"


@cache
def events() -> dict[str, type[log.Event]]:
    """Every kind of event that readers may hear, from the domains' `events.py`."""
    for path in sorted(Path(__file__).parents[1].glob("*/events.py")):
        import_module(f"app.{path.parent.name}.events")
    ours = (kind for kind in _descendants(log.Event) if kind.kind and kind.__module__.startswith("app."))
    # By name: in what order modules were imported is nobody's business.
    kinds = sorted(ours, key=lambda kind: kind.kind)
    return {kind.kind: kind for kind in kinds if all(map(NAME.match, sample_event(kind).channels))}


def server_frames() -> list[type[frames.ServerFrame]]:
    return list(_descendants(frames.ServerFrame))


def client_frames() -> list[type[frames.ClientFrame]]:
    return list(frames.CLIENT_FRAMES.values())


def data_of(kind: type[log.Event]) -> Any:
    """The type of what an event tells: what its `data` says that it returns."""
    getter: Any = kind.data
    return get_type_hints(getter.fget)["return"]


def messages() -> dict[str, Schema]:
    """Frames and events by the names of their types."""
    told = {kind.__name__: _message(kind) for kind in (*client_frames(), *server_frames())}
    return told | {kind.__name__: _event_message(kind) for kind in events().values()}


def schemas() -> dict[str, Schema]:
    told = {data_of(kind) for kind in events().values()}
    kinds = [*client_frames(), *server_frames(), *sorted(told, key=lambda kind: str(kind.__name__))]
    _, components = msgspec.json.schema_components(kinds, ref_template=REF)
    ours = {kind.__name__ for kind in client_frames()}
    found = {name: _plain(schema, closed=name not in ours) for name, schema in components.items()}
    del found["Item"]
    found["Subscribe"]["dependencies"] = {"after": ["epoch"]}
    found["Events"]["properties"]["events"]["items"] = {
        "anyOf": [_ref(f"{one.__name__}Item") for one in events().values()]
    }
    for name, kind in events().items():
        # What was removed since leaves its number behind, for whoever hears of it late.
        data = {"anyOf": [_ref(data_of(kind).__name__), {"type": "null"}]}
        found[kind.__name__] = _event_schema(log.Frame, name, data)
        found[f"{kind.__name__}Item"] = _event_schema(log.Item, name, data)
    return _reachable(found)


def _message(kind: type[msgspec.Struct]) -> Schema:
    about = (kind.__doc__ or "").strip()
    return {
        "name": str(kind.__struct_config__.tag),
        "title": kind.__name__,
        "summary": about,
        "payload": _ref(kind.__name__),
        "examples": [{"payload": _example(kind)}],
    }


def _example(kind: type[msgspec.Struct]) -> Any:
    if kind is not frames.Events:
        return sample(kind)
    first = next(iter(events().values()))
    return {**sample(kind), "events": [_example_event(first)]}


def _event_message(kind: type[log.Event]) -> Schema:
    where = " and ".join(f"`{channel}`" for channel in channels_of(kind))
    return {
        "name": kind.kind,
        "title": kind.__name__,
        "summary": f"On {where}.",
        "payload": _ref(kind.__name__),
        "examples": [
            {"payload": {"type": "event", "channel": sample_event(kind).channels[0], **_example_event(kind)}}
        ],
    }


def _example_event(kind: type[log.Event]) -> Schema:
    data = msgspec.to_builtins(sample_event(kind).data)
    return {"seq": sample(int, "seq"), "event": kind.kind, "at": sample(str, "at"), "data": data}


def _event_schema(shape: type[msgspec.Struct], name: str, data: Schema) -> Schema:
    _, components = msgspec.json.schema_components([shape])
    schema: Schema = _plain(components[shape.__name__], closed=True)
    schema["title"] = name
    schema["properties"] |= {"event": {"const": name}, "data": data}
    return schema


def _plain(schema: Any, *, closed: bool) -> Any:
    """What JSON Schema's draft 7 can say, as AsyncAPI has it; `closed` when no other field ever comes."""
    if isinstance(schema, list):
        return [_plain(one, closed=closed) for one in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _plain(value, closed=closed) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict):
        plain["properties"].pop("viewer", None)
        if closed:
            plain["additionalProperties"] = False
            plain["required"] = _always(plain)
    if "prefixItems" in plain:
        plain["items"] = plain.pop("prefixItems")[0]
    return plain


def _always(schema: Schema) -> list[str]:
    """What we send has every field with a default of its own; one without a value has no default to name."""
    return [
        name
        for name, field in schema["properties"].items()
        if name in schema["required"] or "default" in field
    ]


def _reachable(schemas: dict[str, Schema]) -> dict[str, Schema]:
    """Without what only a viewer's own fields named."""
    found: dict[str, Schema] = {}

    def take(name: str) -> None:
        if name not in found:
            found[name] = schemas[name]
            for other in _names(schemas[name]):
                take(other)

    for kind in (*client_frames(), *server_frames(), *events().values()):
        take(kind.__name__)
    return found


def _names(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].rpartition("/")[2]
        schema = list(schema.values())
    if isinstance(schema, list):
        for one in schema:
            yield from _names(one)


def _ref(name: str) -> Schema:
    return {"$ref": REF.format(name=name)}


def _descendants(kind: type[Any]) -> Iterator[type[Any]]:
    for child in kind.__subclasses__():
        yield child
        yield from _descendants(child)
