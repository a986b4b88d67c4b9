"""A token that was just made, on its way to the page that shows it: from the form to there, and no further."""

from collections.abc import Mapping

from litestar.datastructures import Cookie

from app.accounts.cookies import SECURE

# `__Host-` wants the path of the whole site; this one keeps at least what came without encryption from setting it.
NAME = "__Secure-hubbub_new_token" if SECURE else "hubbub_new_token"
PATH, SECONDS = "/settings/tokens", 60


def made_in(cookies: Mapping[str, str]) -> str | None:
    return cookies.get(NAME) or None


def made_cookie(token: str) -> Cookie:
    """For a minute, for this page alone, and for no script: an address or a row would keep it longer."""
    return _cookie(token, SECONDS)


def no_made_cookie() -> Cookie:
    return _cookie("", 0)


def _cookie(value: str, age: int) -> Cookie:
    return Cookie(NAME, value=value, path=PATH, max_age=age, httponly=True, secure=SECURE, samesite="strict")
