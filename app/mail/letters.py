"""Writes mails out of templates: each has a text and an HTML part that say the same."""

from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.settings import settings
from app.web.templates import FOLDER


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """`key` names the mail for good: a second delivery of it bears the same Message-ID.

    `leave` is the address under which its reader stops mails like it; "" where they cannot be stopped.
    """

    to: str
    subject: str
    text: str
    html: str
    key: str
    leave: str = ""


def write(template: str, *, to: str, subject: str, key: str, leave: str = "", **context: Any) -> Mail:
    """The mail of `mail/{template}.txt` and `.html`."""
    ours = {"subject": subject, "leave": leave, "site": settings.name, "address": settings.address}
    values = {**context, **ours}
    text, html = (_environment.get_template(f"{template}.{kind}").render(values) for kind in ("txt", "html"))
    return Mail(to=to, subject=subject, text=text.strip() + "\n", html=html, key=key, leave=leave)


_environment = Environment(
    loader=FileSystemLoader(FOLDER / "mail"),
    autoescape=select_autoescape(("html",), default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
