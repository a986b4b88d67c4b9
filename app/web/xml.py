"""XML documents out of templates, with nothing in them that XML forbids."""

import re

from app.web.templates import environment

# What people wrote may hold control characters, which no XML document can, escaped or not.
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document(template: str, **context: object) -> bytes:
    """A rendered template, in UTF-8."""
    return FORBIDDEN.sub("\ufffd", environment.get_template(template).render(**context)).encode()
