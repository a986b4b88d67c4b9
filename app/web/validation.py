"""Turns fields that came in into a Struct, and what is wrong with them into errors, all at once.

msgspec stops at the first wrong field; people and programs want to hear of all of them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Meta

from app.web.errors import BadJson, FieldError, Invalid, UnknownField

S = TypeVar("S", bound=msgspec.Struct)
# A code of API.md, and a sentence.
Wrong = tuple[str, str]
Check = Callable[[Any], Wrong | None]

_RULES: list[tuple[re.Pattern[str], str, str]] = [
    (re.compile(r"of length >= 1\b"), "required", "This cannot be left empty."),
    (re.compile(r"`str` of length >= (\d+)"), "too_short", "Use at least {} characters."),
    (re.compile(r"`str` of length <= (\d+)"), "too_long", "Use at most {} characters."),
    (re.compile(r"`array` of length <= (\d+)"), "too_long", "At most {} of these."),
    (re.compile(r"matching regex .*@"), "invalid", "This does not look like an email address."),
    (re.compile(r"matching regex .*-"), "invalid", "Use only letters, digits, hyphens and underscores."),
    (re.compile(r"matching regex"), "invalid", "Use only letters, digits and underscores."),
    (re.compile(r"`int` >= (-?\d+)"), "out_of_range", "This must be at least {}."),
    (re.compile(r"`int` <= (-?\d+)"), "out_of_range", "This must be at most {}."),
    (re.compile(r"Integer value out of range|too large"), "out_of_range", "This number is too large."),
    (re.compile(r"\bdatetime\b"), "invalid", "Write a time with its zone, such as 2026-01-31T12:00:00Z."),
    (re.compile(r"Invalid enum value"), "not_a_choice", "This is not one of the choices."),
]


def checked(check: Check) -> Meta:
    """For a field of a Struct: one more thing to look at, which its type cannot say."""
    return Meta(extra={"check": check})


def not_blank(text: str) -> Wrong | None:
    return None if text.strip() else ("required", "This cannot be left empty.")


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
    if unknown := sorted(_unknown(kind, fields, "")):
        errors = [FieldError(name, "unknown_field", "This field is not known here.") for name in unknown]
        raise UnknownField(errors=errors)
    if wrong := list(_wrong(kind, fields, "")):
        raise Invalid(wrong)
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


def _unknown(kind: type[msgspec.Struct], fields: Mapping[str, Any], prefix: str) -> Iterator[str]:
    """Names that the Struct, or one inside it, does not have: `role`, `profile.avatar`."""
    hints = get_type_hints(kind, include_extras=True)
    for name, value in fields.items():
        if name not in hints:
            yield f"{prefix}{name}"
        elif (inner := _inner(hints[name])) and isinstance(value, dict):
            yield from _unknown(inner, value, f"{prefix}{name}.")


def _wrong(kind: type[msgspec.Struct], fields: Mapping[str, Any], prefix: str) -> Iterator[FieldError]:
    hints = get_type_hints(kind, include_extras=True)
    for field in msgspec.structs.fields(kind):
        inner, value = _inner(hints[field.name]), fields.get(field.name)
        if inner and isinstance(value, dict):
            yield from _wrong(inner, value, f"{prefix}{field.name}.")
        elif error := _check(field.name, fields, hints[field.name], required=field.required):
            yield FieldError(f"{prefix}{field.name}", error.code, error.message)


def _inner(hint: Any) -> type[msgspec.Struct] | None:
    """The Struct that a field holds, if it holds one."""
    choices = (hint, *get_args(hint))
    return next((c for c in choices if isinstance(c, type) and issubclass(c, msgspec.Struct)), None)


def _check(name: str, fields: Mapping[str, Any], hint: Any, *, required: bool) -> FieldError | None:
    if name not in fields:
        return FieldError(name, "required", "This cannot be left out.") if required else None
    value = fields[name]
    if isinstance(value, str) and "\0" in value:
        return FieldError(name, "invalid", "This has a character that cannot be kept.")
    try:
        taken = msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        # Nothing is not too short: it is not there.
        return explain(name, "of length >= 1" if value == "" else str(error))
    wrong = next((found for check in _checks(hint) if taken is not None and (found := check(taken))), None)
    return FieldError(name, *wrong) if wrong else None


def _checks(hint: Any) -> Iterator[Check]:
    """Those of `checked`, also where the field may be null."""
    for choice in (hint, *get_args(hint)):
        for meta in getattr(choice, "__metadata__", ()):
            if isinstance(meta, Meta) and meta.extra and "check" in meta.extra:
                yield meta.extra["check"]
