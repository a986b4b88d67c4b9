"""The cookies of session and browser, by their names over HTTP and over HTTPS."""

from collections.abc import Mapping
from typing import Any

from litestar import Response
from litestar.datastructures import Cookie

from app.settings import settings

SECURE = settings.secure
# The prefix makes browsers refuse a cookie that a neighbouring host has set.
NAME = "__Host-hubbub_session" if SECURE else "hubbub_session"
BROWSER = "__Host-hubbub_browser" if SECURE else "hubbub_browser"
# As long as browsers keep any.
BROWSER_DAYS = 400


def let_in(response: Response[Any], token: str, browser: str) -> None:
    """Give a browser its session, and its own name to be known by after that."""
    response.set_cookie(session_cookie(token))
    make_known(response, browser)


def make_known(response: Response[Any], browser: str) -> None:
    """Give a browser the name alone."""
    if browser:
        response.set_cookie(_browser_cookie(browser))


def browser_in(cookies: Mapping[str, str]) -> str | None:
    return cookies.get(BROWSER) or None


def token_in(cookies: Mapping[str, str]) -> str | None:
    return cookies.get(NAME) or None


def session_cookie(token: str) -> Cookie:
    age = settings.session_days * 86_400
    return Cookie(NAME, value=token, path="/", max_age=age, httponly=True, secure=SECURE, samesite="lax")


def no_session_cookie() -> Cookie:
    return Cookie(NAME, value="", path="/", max_age=0, httponly=True, secure=SECURE, samesite="lax")


def _browser_cookie(token: str) -> Cookie:
    age = BROWSER_DAYS * 86_400
    return Cookie(BROWSER, value=token, path="/", max_age=age, httponly=True, secure=SECURE, samesite="lax")
