"""What in a piece of HTML could act: every node and attribute that is more than text and its form."""

from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser

from app.markdown import TAGS

QUIET = {"href", "title", "rel", "start", "tabindex", "class"}
# Where a browser follows or fetches what stands there.
ADDRESSES = {
    "href",
    "src",
    "action",
    "formaction",
    "xlink:href",
    "poster",
    "data",
    "srcset",
    "background",
    "ping",
}
SCHEMES = ("http:", "https:", "mailto:")


def active(html: str) -> Counter[str]:
    """Of a text's HTML: what may not be in it at all, such as `script` or `a onclick`, and how often."""
    return _found(html, lambda tag, name: name not in QUIET)


def elements(page: str) -> Counter[str]:
    """Of a page: everything but the form of texts. A text adds nothing to what stands there without it."""
    return _found(page, lambda tag, name: name.startswith("on") or name in {"style", "srcdoc"})


class _Reading(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))


def _found(html: str, suspicious: Callable[[str, str], bool]) -> Counter[str]:
    reading = _Reading()
    reading.feed(html)
    reading.close()
    found: Counter[str] = Counter()
    for tag, attributes in reading.tags:
        found.update([tag] if tag not in TAGS else [])
        found.update(f"{tag} {name}" for name in attributes if suspicious(tag, name))
        found.update(
            f"{tag} {name}={value[:40]}"
            for name, value in attributes.items()
            if name in ADDRESSES and not _harmless(value, followed=name == "href" and tag in {"a", "link"})
        )
    return found


def _harmless(address: str, *, followed: bool) -> bool:
    """It leads to a page or a mail, and away from here only for who follows it."""
    # Browsers leave these out, and begin at the first letter.
    plain = "".join(letter for letter in address if letter > " ").replace("\\", "/").lower()
    if plain.startswith("//"):
        return followed
    scheme, colon, _ = plain.partition(":")
    named = colon and not set(scheme) & set("/?#")
    return not named or (followed and plain.startswith(SCHEMES))
