"""What a browser keeps between two steps: out of reach of scripts, for minutes, and good for nothing else."""

from collections.abc import Mapping

from litestar.datastructures import Cookie

from app.accounts.cookies import SECURE

PATH = "/settings/two-factor"

# As with the session, the prefix keeps neighbouring hosts from setting it; it wants the path of the whole site.
WAITING = "__Host-hubbub_sign_in" if SECURE else "hubbub_sign_in"
# Of one page alone, for which this prefix is the strictest.
_PREFIX = "__Secure-" if SECURE else ""
SECRET, CODES = f"{_PREFIX}hubbub_new_factor", f"{_PREFIX}hubbub_new_codes"

_PLACES = {WAITING: "/", SECRET: PATH, CODES: PATH}
_SECONDS = {WAITING: 600, SECRET: 1800, CODES: 60}


def kept_in(cookies: Mapping[str, str], name: str) -> str | None:
    return cookies.get(name) or None


def cookie(name: str, value: str) -> Cookie:
    return _cookie(name, value, _SECONDS[name])


def no_cookie(name: str) -> Cookie:
    return _cookie(name, "", 0)


def _cookie(name: str, value: str, age: int) -> Cookie:
    return Cookie(
        name, value=value, path=_PLACES[name], max_age=age, httponly=True, secure=SECURE, samesite="strict"
    )
