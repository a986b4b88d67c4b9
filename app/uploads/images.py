"""Strangers' bytes in, squares of ours out: nothing of the file itself is kept but how it looks."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from app.uploads.names import SIZES
from app.web.errors import FieldError, Invalid

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MAX_PIXELS = 25_000_000
MAX_SIDE = 20_000
QUALITY = 84

# Decoders of broken files raise whatever they stumble over.
UNREADABLE = (UnidentifiedImageError, OSError, ValueError, SyntaxError, TypeError, LookupError, EOFError)

# One at a time: a picture of MAX_PIXELS takes 100 MB while it is read.
_thread = ThreadPoolExecutor(1, thread_name_prefix="pillow")


async def squares(data: bytes) -> dict[int, bytes]:
    """WebP pictures by their side in pixels, the middle of the picture each. Raises Invalid."""
    return await asyncio.get_running_loop().run_in_executor(_thread, make_squares, data)


def make_squares(data: bytes) -> dict[int, bytes]:
    """The same, in this thread."""
    try:
        return _make(data)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except UNREADABLE:
        raise _refused("invalid", "This picture cannot be read. Try a JPEG, PNG, WebP or GIF.") from None


def _make(data: bytes) -> dict[int, bytes]:
    # The format is told by the first bytes, and only these decoders are asked.
    with Image.open(BytesIO(data), formats=FORMATS) as image:
        # A large JPEG is read at a fraction of its size; other formats do not know how.
        image.draft("RGB", (2 * SIZES[-1], 2 * SIZES[-1]))
        if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE:
            raise _too_many_pixels()
        upright = ImageOps.exif_transpose(image)
        whole = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    return {size: _encode(ImageOps.fit(whole, (size, size), Image.Resampling.LANCZOS)) for size in SIZES}


def _encode(square: Image.Image) -> bytes:
    # Only the pixels: place, camera, time and comments stay behind.
    bare = Image.frombytes(square.mode, square.size, square.tobytes())
    out = BytesIO()
    bare.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


def _too_many_pixels() -> Invalid:
    millions = MAX_PIXELS // 1_000_000
    return _refused("out_of_range", f"Send a picture of at most {millions} million pixels.")


def _refused(code: str, message: str) -> Invalid:
    return Invalid([FieldError("file", code, message)])
