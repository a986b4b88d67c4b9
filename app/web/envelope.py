"""The shape of every JSON answer (API.md, Envelope)."""

from typing import Any, Generic, Literal, TypeVar

import msgspec
from litestar import Response
from litestar.enums import MediaType
from litestar.openapi.datastructures import ResponseSpec
from msgspec import UNSET, UnsetType

from app.web.errors import FieldError, Refusal

T = TypeVar("T")


class Success(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    success: Literal[True] = True
    data: T
    message: str | UnsetType = UNSET
    meta: Any | UnsetType = UNSET


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    success: Literal[False] = False
    message: str
    errors: list[FieldError]
    data: Any | UnsetType = UNSET


def ok(data: T, *, meta: object = UNSET) -> Response[Success[T]]:
    return Response(Success(data=data, meta=meta), status_code=200, media_type=MediaType.JSON)


def created(data: T) -> Response[Success[T]]:
    return Response(Success(data=data), status_code=201, media_type=MediaType.JSON)


def accepted(data: T) -> Response[Success[T]]:
    return Response(Success(data=data), status_code=202, media_type=MediaType.JSON)


def repeated(kind: Any) -> dict[int, ResponseSpec]:
    """For `responses=` of what takes a key: the answer to one that was used before."""
    told = "The key repeats; this is what was made with it."
    return {200: ResponseSpec(data_container=Success[kind], generate_examples=False, description=told)}


def failed(refusal: Refusal) -> Response[Failure]:
    return Response(
        Failure(message=refusal.message, errors=refusal.errors, data=refusal.data),
        status_code=refusal.status,
        media_type=MediaType.JSON,
        headers=refusal.headers,
    )
