"""The style sheet with the community's accent: the tokens that it changes, and nothing else."""

from app.settings import settings
from app.site import colour
from app.site.tones import Pair, read_themes, tones
from app.web.assets import FILES

TOKENS = FILES["css/tokens.css"].body.decode()


def accent_tones(accent: str) -> dict[str, Pair]:
    """The tokens of an accent, light and dark; of "" those of the style sheet. Raises ValueError."""
    themes = read_themes(TOKENS)
    if not accent:
        names = ("accent", "accent-strong", "accent-ink", "live", "mark")
        return {name: Pair(*(colour.to_hex(theme.tokens[name]) for theme in themes)) for name in names}
    # A hue says nothing about lightness; who names a colour wants that one, where it can be read.
    return tones(colour.parse(accent), themes, exact=not colour.HUE.match(accent.strip().lower()))


def style_sheet(accent: str) -> str:
    """Nothing without an accent: then the style sheet of the tokens says it all."""
    if not accent:
        return ""
    lines = (
        f"  --{name}: light-dark({pair.light}, {pair.dark});" for name, pair in accent_tones(accent).items()
    )
    return "\n".join([":root {", *lines, "}", ""])


TONES = accent_tones(settings.accent)
STYLE_SHEET = style_sheet(settings.accent)
