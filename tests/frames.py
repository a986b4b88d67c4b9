"""Every frame that the suite sees, held against what /api/asyncapi.json says of it."""

from functools import cache
from typing import Any

from jsonschema import Draft7Validator

from app.site.asyncapi import document
from app.site.messages import client_frames, events, server_frames
from tests.saying import KIND

Frame = dict[str, Any]


def check_said(frame: Frame) -> None:
    """A frame of the server's is one that is described, to the last field. Raises AssertionError."""
    if frame["type"] == "event":
        _check(_event_name(frame), frame)
        return
    _check(_names(server_frames())[frame["type"]], {**frame, "events": []} if "events" in frame else frame)
    # One by one: a whole page against any of all kinds takes its time.
    for item in frame.get("events", ()):
        _check(_event_name(item, "Item"), item)


def check_answer(request: Frame, answer: Frame) -> None:
    """What the server takes is what is described, and nothing else. Raises AssertionError."""
    kind = _names(client_frames()).get(request["type"])
    if kind is None or len(str(request["id"]).encode()) > 64:
        return
    refused = answer.get("code") == "bad_request"
    faults = [fault.message for fault in validator(kind).iter_errors(request)]
    if refused and request["type"] == "auth" and answer["message"].startswith("`auth` comes before"):
        # It came too late, which no schema can say.
        refused = False
    assert refused == bool(faults), f"{request} was answered with {answer}; by its schema: {faults}"


def _check(name: str | None, frame: Frame) -> None:
    if name is not None:
        faults = [f"{list(fault.path)}: {fault.message}" for fault in validator(name).iter_errors(frame)]
        assert not faults, f"{frame} is no {name}: {faults}"


def _event_name(event: Frame, suffix: str = "") -> str | None:
    """None for the tests' own events."""
    return None if event["event"] == KIND else f"{events()[event['event']].__name__}{suffix}"


@cache
def validator(name: str) -> Draft7Validator:
    """Of one schema of the document, by its name there."""
    whole = _document()
    return Draft7Validator({"$ref": f"#/components/schemas/{name}", "components": whole["components"]})


@cache
def _document() -> dict[str, Any]:
    return document()


def _names(kinds: list[type[Any]]) -> dict[str, str]:
    return {str(kind.__struct_config__.tag): kind.__name__ for kind in kinds}
