"""/api/asyncapi.json: valid, whole, and true of what the code says."""

import json
import re
import warnings
from typing import Any

import httpx
import pytest
from jsonschema import Draft7Validator

from app.site.asyncapi import CHANNELS, document
from app.site.messages import data_of, events
from app.site.samples import channels_of, sample_event
from tests import frames
from tests.saying import KIND, Said

with warnings.catch_warnings():
    # Two of its fields are called as pydantic's own.
    warnings.simplefilter("ignore")
    from asyncapi3.models.asyncapi import AsyncAPI3


async def test_it_is_served_and_is_asyncapi_3(client: httpx.AsyncClient) -> None:
    served = (await client.get("/api/asyncapi.json")).json()
    assert served["servers"]["here"]["host"] == client.base_url.netloc.decode()
    assert {**served, "servers": {}} == {**document(), "servers": {}}
    AsyncAPI3.model_validate(served)
    with pytest.raises(ValueError, match="adress"):
        AsyncAPI3.model_validate({**served, "channels": {"live": {"adress": "/live"}}})


def test_everything_that_it_names_is_in_it() -> None:
    whole = document()
    named = set(re.findall(r'"\$ref": "#([^"]+)"', json.dumps(whole)))
    assert named
    for path in named:
        found: Any = whole
        for step in path.strip("/").split("/"):
            found = found[step]


def test_every_schema_is_one_and_holds_for_its_example() -> None:
    whole = document()
    for name, schema in whole["components"]["schemas"].items():
        Draft7Validator.check_schema(schema)
        if schema["type"] == "object" and name not in {
            "Auth",
            "Subscribe",
            "Unsubscribe",
            "Fetch",
            "Typing",
            "Pong",
        }:
            assert schema["additionalProperties"] is False, name
    for name, message in whole["components"]["messages"].items():
        assert message["summary"], name
        for example in message["examples"]:
            frames.validator(name).validate(example["payload"])


def test_every_event_names_its_data_and_its_channels() -> None:
    kinds = events()
    assert len(kinds) > 8
    assert KIND not in kinds
    for kind in kinds.values():
        assert isinstance(sample_event(kind).data, data_of(kind))
        assert set(channels_of(kind)) <= set(CHANNELS)
    schemas = document()["components"]["schemas"]
    for event, data in (("CommentCreated", "Comment"), ("PostRemoved", "RemovedPost")):
        # What has been removed since is blank, alone as in a page.
        expected = {"anyOf": [{"$ref": f"#/components/schemas/{data}"}, {"type": "null"}]}
        assert schemas[event]["properties"]["data"] == expected
        assert schemas[f"{event}Item"]["properties"]["data"] == expected
    assert "viewer" not in schemas["Comment"]["properties"]
    assert Said.kind == KIND


WELCOME = {
    "type": "welcome", "protocol": 1, "connection": "c", "user": None, "ping_ms": 1000,
    "limits": {"subscriptions": 1, "frame_bytes": 1, "frames_per_second": 1, "page": 1},
}  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {**WELCOME, "extra": 1},
        {name: value for name, value in WELCOME.items() if name != "limits"},
        {"type": "error", "code": "nonsense", "message": ""},
        {"type": "bye", "reason": "", "reconnect_in": [1]},
        {"type": "event", "channel": "posts", "seq": 1, "event": "post.removed", "at": "", "data": {"id": 1}},
        {"type": "event", "channel": "posts", "seq": 1, "event": "post.removed", "at": ""},
        {
            "type": "events",
            "channel": "posts",
            "epoch": "",
            "events": [{"event": "post.created"}],
            "more": False,
        },
    ],
)
def test_a_wrong_frame_does_not_pass(wrong: dict[str, Any]) -> None:
    frames.check_said(WELCOME)
    with pytest.raises(AssertionError, match="is no"):
        frames.check_said(wrong)
