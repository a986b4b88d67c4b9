"""The cookie under which a reply waits for its writer's account."""

from collections.abc import Mapping

from litestar.datastructures import Cookie

from app.accounts.cookies import SECURE

NAME = "__Host-hubbub_reply" if SECURE else "hubbub_reply"
KEPT_DAYS = 7


def reply_in(cookies: Mapping[str, str]) -> str:
    return cookies.get(NAME, "")


def reply_cookie(token: str) -> Cookie:
    return _cookie(token, KEPT_DAYS * 86_400)


def no_reply_cookie() -> Cookie:
    return _cookie("", 0)


def _cookie(value: str, age: int) -> Cookie:
    return Cookie(NAME, value=value, path="/", max_age=age, httponly=True, secure=SECURE, samesite="lax")
