"""Icons for tabs and home screens: the community's logo, or our mark in its colour."""

import io
from functools import cache

from PIL import Image, ImageDraw

from app.site.colour import to_hex
from app.site.logo import LOGO, SVG
from app.site.theme import TOKENS, TONES
from app.site.tones import read_themes

GRID = 32
FINE = 40  # times the grid; made smaller afterwards, which smooths the edges
EDGE = GRID * FINE
BARS = ((6, 9, 26), (11, 16, 26), (16, 23, 19))  # from x, at y, to x
DOT = (24.5, 23, 3)  # at x, y, with this radius
STROKE = 3
ROUND = 7
# What a home screen may cut away: a tenth on each side.
SAFE = 0.8

_LIGHT, _DARK = (theme.tokens for theme in read_themes(TOKENS))
PAPER, PAPER_DARK = to_hex(_LIGHT["paper"]), to_hex(_DARK["paper"])
INK, LIVE = to_hex(_LIGHT["ink"]), TONES["live"].light


def svg() -> bytes:
    """The mark as a drawing; the logo itself when that is one."""
    if LOGO and LOGO.media_type == SVG:
        return LOGO.body
    bars = "".join(f"M{x} {y}h{end - x}" for x, y, end in BARS)
    x, y, radius = DOT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {GRID} {GRID}">'
        f'<rect width="{GRID}" height="{GRID}" rx="{ROUND}" fill="{PAPER}"/>'
        f'<path d="{bars}" fill="none" stroke="{INK}" stroke-width="{STROKE}" stroke-linecap="round"/>'
        f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{LIVE}"/></svg>\n'
    ).encode()


@cache
def png(size: int, *, full: bool = False) -> bytes:
    """A square of `size` pixels; `full` to the corners, for systems that cut their own shape out of it."""
    return _saved(_image(full=full).resize((size, size), Image.Resampling.LANCZOS), "PNG")


@cache
def ico() -> bytes:
    """16, 32 and 48 pixels in one file, for what asks for /favicon.ico."""
    return _saved(_image(full=False).resize((48, 48), Image.Resampling.LANCZOS), "ICO")


def _image(*, full: bool) -> Image.Image:
    picture = _logo() if LOGO and LOGO.media_type != SVG else _mark(tile=not full)
    if full:
        picture = picture.resize((int(EDGE * SAFE), int(EDGE * SAFE)), Image.Resampling.LANCZOS)
    tile = Image.new("RGBA", (EDGE, EDGE), PAPER if full else "#00000000")
    tile.alpha_composite(picture, ((EDGE - picture.width) // 2, (EDGE - picture.height) // 2))
    return tile


def _mark(*, tile: bool) -> Image.Image:
    drawn = Image.new("RGBA", (EDGE, EDGE))
    pen = ImageDraw.Draw(drawn)
    if tile:
        pen.rounded_rectangle((0, 0, EDGE - 1, EDGE - 1), ROUND * FINE, PAPER)
    for start, height, end in BARS:
        pen.line((start * FINE, height * FINE, end * FINE, height * FINE), INK, STROKE * FINE)
        for tip in (start, end):
            pen.circle((tip * FINE, height * FINE), STROKE * FINE / 2, INK)
    x, y, radius = DOT
    pen.circle((x * FINE, y * FINE), radius * FINE, LIVE)
    return drawn


def _logo() -> Image.Image:
    """The logo in the middle of a square."""
    assert LOGO is not None  # nosec  # asked for only when there is one
    square = Image.new("RGBA", (EDGE, EDGE))
    with Image.open(io.BytesIO(LOGO.body)) as opened:
        logo = opened.convert("RGBA")
    scale = EDGE / max(logo.size)
    size = (max(1, round(logo.width * scale)), max(1, round(logo.height * scale)))
    logo = logo.resize(size, Image.Resampling.LANCZOS)
    square.alpha_composite(logo, ((EDGE - logo.width) // 2, (EDGE - logo.height) // 2))
    return square


def _saved(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    sizes = {"sizes": [(16, 16), (32, 32), (48, 48)]} if kind == "ICO" else {"optimize": True}
    image.save(out, kind, **sizes)
    return out.getvalue()
