"""Patterns for LIKE that mean what people typed, and nothing more."""


def containing(text: str) -> str:
    r"""What contains this text to the letter: %, _ and \ are letters too."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
