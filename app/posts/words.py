"""What members write, made clean before it is kept: words and tags, of posts and comments."""

import re

from app.web.errors import FieldError, Invalid

TAG = re.compile(r"[\w-]{2,24}\Z")


def clean_words(field: str, text: str, least: int = 1) -> str:
    """The text without white space around it; blanks alone are no words. Raises Invalid."""
    stripped = text.strip()
    if len(stripped) < least:
        if not stripped:
            raise Invalid([FieldError(field, "required", "This cannot be left empty.")])
        raise Invalid([FieldError(field, "too_short", f"Use at least {least} characters.")])
    return stripped


def clean_tags(tags: list[str]) -> list[str]:
    """Lower-cased, each once, in the order given. Raises Invalid."""
    cleaned = list(dict.fromkeys(tag.strip().lower() for tag in tags))
    if not all(TAG.match(tag) and "_" not in tag for tag in cleaned):
        message = "A tag has 2 to 24 letters, digits or hyphens."
        raise Invalid([FieldError("tags", "invalid", message)])
    return cleaned
