"""What answers of the API look like (API.md, Envelope)."""

import re
from typing import Any

import httpx

BASE = "/api/v1"


def shown(answer: httpx.Response, status: int = 200) -> Any:
    """The data of a success, with everything around it as it must be."""
    assert answer.status_code == status, answer.text
    dressed(answer)
    body = answer.json()
    assert body["success"] is True
    assert set(body) <= {"success", "data", "message", "meta"}
    return body["data"]


def refused(answer: httpx.Response, status: int, *codes: str) -> list[dict[str, Any]]:
    """The errors of a failure, which have these codes, with everything around them as it must be."""
    assert answer.status_code == status, answer.text
    dressed(answer)
    body = answer.json()
    assert set(body) == {"success", "message", "errors"}
    assert body["success"] is False
    assert isinstance(body["message"], str)
    assert body["message"]
    errors: list[dict[str, Any]] = body["errors"]
    assert errors, "never empty"
    assert all(set(error) == {"field", "code", "message"} for error in errors)
    assert [error["code"] for error in errors] == list(codes)
    return errors


def fields(errors: list[dict[str, Any]]) -> dict[str, str]:
    """What is wrong with each field."""
    return {error["field"]: error["code"] for error in errors}


def dressed(answer: httpx.Response) -> None:
    """What every answer bears."""
    assert re.fullmatch(r"[A-Za-z0-9_-]{8,64}", answer.headers["x-request-id"])
    assert float(answer.headers["x-runtime"]) >= 0
    policy = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    if answer.status_code not in {204, 304} and "/api/" in str(answer.url):
        assert answer.headers["content-type"].startswith("application/json")
