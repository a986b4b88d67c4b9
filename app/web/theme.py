"""Light, dark, or as the device has it: a cookie, so that the first byte of a page knows."""

from collections.abc import Mapping

from litestar.datastructures import Cookie

from app.settings import settings

COOKIE = "hubbub_theme"
THEMES = ("light", "dark")
YEAR = 365 * 86_400


def theme_of(cookies: Mapping[str, str]) -> str:
    """The theme that was chosen; "" is the device's."""
    chosen = cookies.get(COOKIE, "")
    return chosen if chosen in THEMES else ""


def theme_cookie(theme: str) -> Cookie:
    """Remember a theme for a year; whatever is none forgets it."""
    known = theme in THEMES
    return Cookie(
        COOKIE, value=theme if known else "", path="/", max_age=YEAR if known else 0, httponly=True,
        secure=settings.secure, samesite="lax",
    )  # fmt: skip
