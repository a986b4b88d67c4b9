"""Addresses of pictures: `/uploads/{name}.webp`, and `-64` or `-128` before the dot for smaller ones."""

import re
import secrets

SIZES = (64, 128, 256)
LARGEST = SIZES[-1]
_FILE = re.compile(r"([0-9a-f]{32})(?:-(64|128))?\.webp\Z")


def new_name() -> str:
    return secrets.token_hex(16)


def url_of(name: str) -> str:
    """Where the largest picture of an upload is served."""
    return f"/uploads/{name}.webp"


def read_file_name(file_name: str) -> tuple[str, int] | None:
    """Name and size that are meant; None for what cannot be a picture of ours."""
    match = _FILE.match(file_name)
    return (match[1], int(match[2] or LARGEST)) if match else None
