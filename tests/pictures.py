"""Pictures for tests, good ones and bad ones."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image


def picture(
    kind: str = "PNG", size: tuple[int, int] = (300, 200), colour: str = "teal", **options: Any
) -> bytes:
    """An image file of one colour."""
    return saved(Image.new("RGB", size, colour), kind, **options)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def bomb(side: int) -> bytes:
    """A small PNG of `side` times `side` pixels."""
    rows = zlib.compressobj(9)
    row = b"\0" * (1 + side // 8)
    packed = b"".join(rows.compress(row) for _ in range(side)) + rows.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
