"""The session cookie, by its name over HTTP and over HTTPS."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from litestar.datastructures import Cookie

from app.settings import settings

SECURE = urlsplit(settings.url).scheme == "https"
# The prefix makes browsers refuse a cookie that a neighbouring host has set.
NAME = "__Host-hubbub_session" if SECURE else "hubbub_session"


def token_in(cookies: Mapping[str, str]) -> str | None:
    return cookies.get(NAME) or None


def session_cookie(token: str) -> Cookie:
    age = settings.session_days * 86_400
    return Cookie(NAME, value=token, path="/", max_age=age, httponly=True, secure=SECURE, samesite="lax")


def no_session_cookie() -> Cookie:
    return Cookie(NAME, value="", path="/", max_age=0, httponly=True, secure=SECURE, samesite="lax")
