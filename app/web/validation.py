"""Turns fields that came in into a Struct, and what is wrong with them into errors, all at once.

msgspec stops at the first wrong field; people and programs want to hear of all of them.
"""

import re
from collections.abc import Mapping
from typing import Any, TypeVar, get_type_hints

import msgspec

from app.web.errors import BadJson, FieldError, Invalid, UnknownField

S = TypeVar("S", bound=msgspec.Struct)

_RULES: list[tuple[re.Pattern[str], str, str]] = [
    (re.compile(r"of length >= 1\b"), "required", "This cannot be left empty."),
    (re.compile(r"`str` of length >= (\d+)"), "too_short", "Use at least {} characters."),
    (re.compile(r"`str` of length <= (\d+)"), "too_long", "Use at most {} characters."),
    (re.compile(r"`array` of length <= (\d+)"), "too_long", "At most {} of these."),
    (re.compile(r"matching regex .*@"), "invalid", "This does not look like an e-mail address."),
    (re.compile(r"matching regex .*-"), "invalid", "Use only letters, digits, hyphens and underscores."),
    (re.compile(r"matching regex"), "invalid", "Use only letters, digits and underscores."),
    (re.compile(r"`int` >= (-?\d+)"), "out_of_range", "This must be at least {}."),
    (re.compile(r"`int` <= (-?\d+)"), "out_of_range", "This must be at most {}."),
    (re.compile(r"Integer value out of range|too large"), "out_of_range", "This number is too large."),
    (re.compile(r"Invalid enum value"), "not_a_choice", "This is not one of the choices."),
]


def read_json(kind: type[S], body: bytes) -> S:
    """A Struct out of a JSON body. Raises BadJson, UnknownField, Invalid."""
    try:
        fields = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadJson from None
    if not isinstance(fields, dict):
        raise BadJson
    return read_fields(kind, fields)


def read_fields(kind: type[S], fields: Mapping[str, Any]) -> S:
    """A Struct out of named values. Raises UnknownField, Invalid with every wrong field in it."""
    known = {field.name: field for field in msgspec.structs.fields(kind)}
    _refuse_unknown(fields, known)
    hints = get_type_hints(kind, include_extras=True)
    errors = [
        error
        for name, field in known.items()
        if (error := _check(name, fields, hints[name], required=field.required)) is not None
    ]
    if errors:
        raise Invalid(errors)
    return msgspec.convert(fields, kind)


def read_value(name: str, value: object, kind: Any) -> Any:
    """One value of this kind. Raises Invalid."""
    error = _check(name, {name: value}, kind, required=True)
    if error is not None:
        raise Invalid([error])
    return value


def explain(field: str, message: str) -> FieldError:
    """What msgspec found wrong with a field, in our codes and words."""
    for pattern, code, words in _RULES:
        if (match := pattern.search(message)) is not None:
            return FieldError(field, code, words.format(*match.groups()))
    return FieldError(field, "invalid", "This cannot be taken as it is.")


def _refuse_unknown(fields: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    unknown = sorted(str(name) for name in fields if name not in known)
    if unknown:
        errors = [FieldError(name, "unknown_field", "This field is not known here.") for name in unknown]
        raise UnknownField(errors=errors)


def _check(name: str, fields: Mapping[str, Any], hint: Any, *, required: bool) -> FieldError | None:
    if name not in fields:
        return FieldError(name, "required", "This cannot be left out.") if required else None
    value = fields[name]
    if isinstance(value, str) and "\0" in value:
        return FieldError(name, "invalid", "This has a character that cannot be kept.")
    try:
        msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        return explain(name, str(error))
    return None
