"""The accent's tones in both themes: as near to the wanted colour as can be read on every ground."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from app.site.colour import Oklch, contrast, parse_oklch, to_hex

TOKEN = re.compile(r"--([a-z-]+): light-dark\((oklch\([^)]*\)), (oklch\([^)]*\))\);")
GROUNDS = ("paper", "surface", "shade", "bad-surface")
WORDS = ("ink", "soft", "muted")
TEXT, GRAPHIC = 4.5, 3.0
STEP = 0.005
HOVER = 0.06


class Pair(NamedTuple):
    """One token, light and dark."""

    light: str
    dark: str


class Theme:
    """The tokens of the style sheet in one theme, and the way to more contrast in it."""

    def __init__(self, tokens: Mapping[str, Oklch], away: float) -> None:
        self.tokens = tokens
        self.away = away
        self.grounds = [to_hex(tokens[name]) for name in GROUNDS]
        self.words = [to_hex(tokens[name]) for name in WORDS]

    def of(self, name: str, wanted: Oklch, usual: float) -> Oklch:
        """A token in the wanted hue; its chroma changes as the accent's does from `usual`."""
        own = self.tokens[name]
        return Oklch(own.lightness, own.chroma * wanted.chroma / usual, wanted.hue)


def read_themes(css: str) -> tuple[Theme, Theme]:
    """Light and dark, out of the style sheet of the tokens."""
    found = TOKEN.findall(css)
    light, dark = ({name: _read(row[at]) for name, *row in found} for at in (0, 1))
    return Theme(light, -STEP), Theme(dark, STEP)


def tones(wanted: Oklch, themes: tuple[Theme, Theme], *, exact: bool) -> dict[str, Pair]:
    """The tokens that an accent changes. `exact` starts at its own lightness, else at the style sheet's."""
    usual = themes[0].tokens["accent"].chroma
    of_themes = [_in_theme(theme, wanted, usual, exact=exact) for theme in themes]
    return {name: Pair(of_themes[0][name], of_themes[1][name]) for name in of_themes[0]}


def _in_theme(theme: Theme, wanted: Oklch, usual: float, *, exact: bool) -> dict[str, str]:
    accent = wanted if exact else theme.of("accent", wanted, usual)
    accent = _until(accent, theme.away, lambda tone: _least(tone, theme.grounds) >= TEXT)
    strong = accent._replace(lightness=_within(accent.lightness + (HOVER if theme.away > 0 else -HOVER)))
    on_accent = [to_hex(accent), to_hex(strong)]
    ink = theme.of("accent-ink", wanted, usual)
    live = theme.of("live", wanted, usual)
    mark = theme.of("mark", wanted, usual)
    return {
        "accent": on_accent[0],
        "accent-strong": on_accent[1],
        "accent-ink": to_hex(_until(ink, -theme.away, lambda tone: _least(tone, on_accent) >= TEXT)),
        "live": to_hex(_until(live, theme.away, lambda tone: _least(tone, theme.grounds) >= GRAPHIC)),
        # A ground itself: it steps back from the words on it.
        "mark": to_hex(_until(mark, -theme.away, lambda tone: _least(tone, theme.words) >= TEXT)),
    }


def _until(tone: Oklch, step: float, readable: Callable[[str], bool]) -> Oklch:
    """The first lightness from the tone's own on, in steps, that can be read."""
    while not readable(to_hex(tone)) and tone.lightness != (1 if step > 0 else 0):
        tone = tone._replace(lightness=_within(tone.lightness + step))
    return tone


def _least(tone: str, others: list[str]) -> float:
    return min(contrast(tone, other) for other in others)


def _within(lightness: float) -> float:
    return min(1.0, max(0.0, lightness))


def _read(text: str) -> Oklch:
    colour = parse_oklch(text)
    if colour is None:
        raise ValueError(text)
    return colour
