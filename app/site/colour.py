"""Colours: reading CSS ones, OKLCH and back, and the contrast of two (WCAG 2.2)."""

import math
import re
from typing import NamedTuple

from PIL import ImageColor

NUMBER = r"([0-9]*\.?[0-9]+)"
HUE = re.compile(rf"{NUMBER}(?:deg)?\Z")
MODERN = re.compile(r"(rgb|hsl)a?\(([^)]*)\)\Z")
OKLCH = re.compile(rf"oklch\(\s*{NUMBER}(%?)\s+{NUMBER}\s+{NUMBER}(?:deg)?\s*\)\Z")
USUAL_CHROMA = 0.15
GREY = 0.02  # below this chroma a hue is only rounding

Linear = tuple[float, float, float]


class Oklch(NamedTuple):
    """Lightness 0 to 1, chroma, hue in degrees."""

    lightness: float
    chroma: float
    hue: float


def parse(text: str) -> Oklch:
    """A hue from 0 to 360, or a CSS colour. Raises ValueError."""
    wanted = text.strip().lower()
    if found := HUE.match(wanted):
        hue = float(found[1])
        if hue > 360:
            raise ValueError(text)
        return Oklch(0.6, USUAL_CHROMA, hue % 360)
    return parse_oklch(wanted) or from_hex(_hex_of_css(wanted))


def parse_oklch(text: str) -> Oklch | None:
    found = OKLCH.match(text)
    if not found:
        return None
    lightness = float(found[1]) / (100 if found[2] else 1)
    if lightness > 1:
        raise ValueError(text)
    return Oklch(lightness, float(found[3]), float(found[4]) % 360)


def _hex_of_css(text: str) -> str:
    if found := MODERN.match(text):
        # With blanks between the values, as CSS has it now; how much shines through does not count.
        values = re.split(r"[\s,]+", found[2].partition("/")[0].strip())[:3]
        text = f"{found[1]}({','.join(values)})"
    return "#{:02x}{:02x}{:02x}".format(*ImageColor.getrgb(text)[:3])


def from_hex(text: str) -> Oklch:
    """The OKLCH of `#rrggbb`."""
    r, g, b = (_linear(int(text[i : i + 2], 16) / 255) for i in (1, 3, 5))
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    chroma = math.hypot(a, b)
    return Oklch(lightness, chroma, math.degrees(math.atan2(b, a)) % 360 if chroma > GREY / 10 else 0.0)


def to_hex(colour: Oklch) -> str:
    """`#rrggbb`; what no screen can show loses chroma, and keeps lightness and hue."""
    lightness, chroma, hue = colour
    least, most = 0.0, chroma
    if not _in_gamut(_to_linear(colour)):
        for _ in range(20):
            middle = (least + most) / 2
            fits = _in_gamut(_to_linear(Oklch(lightness, middle, hue)))
            least, most = (middle, most) if fits else (least, middle)
        chroma = least
    channels = (
        round(255 * _encoded(min(1.0, max(0.0, c)))) for c in _to_linear(Oklch(lightness, chroma, hue))
    )
    return "#{:02x}{:02x}{:02x}".format(*channels)


def contrast(one: str, other: str) -> float:
    """The contrast of two `#rrggbb`, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(text: str) -> float:
    r, g, b = (_linear(int(text[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _to_linear(colour: Oklch) -> Linear:
    a = colour.chroma * math.cos(math.radians(colour.hue))
    b = colour.chroma * math.sin(math.radians(colour.hue))
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _in_gamut(channels: Linear) -> bool:
    return all(-1e-4 <= channel <= 1 + 1e-4 for channel in channels)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _encoded(value: float) -> float:
    return value * 12.92 if value <= 0.0031308 else float(1.055 * value ** (1 / 2.4) - 0.055)
