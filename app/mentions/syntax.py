"""`@name` in Markdown: a link to the member, where there is one of this name who may be named."""

import re
from collections.abc import Mapping

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

# Of one text. Whoever names more people than these calls nobody in particular.
MOST = 20
# Names that are looked for; many of them may be nobody's.
SOUGHT = 100

_NAME = re.compile(r"@([A-Za-z0-9_]{3,20})(?![\w@])")
# An address, the path of one, or another word goes on here.
_GOES_ON = re.compile(r"[^\W_]|[/@.]")


class Named:
    """Who may be named in a text, as usernames by lower-case name, and who was, as it was rendered."""

    def __init__(self, members: Mapping[str, tuple[int, str]]) -> None:
        self._members = members
        self.found: set[int] = set()

    def find(self, name: str) -> tuple[int, str] | None:
        """Id and username as its member writes it; None for nobody, and for one too many."""
        member = self._members.get(name.lower())
        if member is None or (member[0] not in self.found and len(self.found) >= MOST):
            return None
        return member


def names_in(text: str) -> list[str]:
    """Everything in a text that could be a member's name, in lower case, each once."""
    names: dict[str, None] = {}
    for match in _NAME.finditer(text):
        # `_@alice_` is alice, in italics.
        names |= dict.fromkeys(name.lower() for name in (match[1], match[1].rstrip("_")))
        if len(names) >= SOUGHT:
            break
    return list(names)


def link_mentions(parser: MarkdownIt) -> None:
    """Have this parser link the members in `env["named"]`."""
    parser.inline.ruler.before("link", "mention", _mention)


def _mention(state: StateInline, silent: bool) -> bool:
    named: Named | None = state.env.get("named")
    if named is None or state.linkLevel > 0 or state.src[state.pos] != "@":
        return False
    match = _NAME.match(state.src, state.pos)
    if match is None or (state.pos and _GOES_ON.match(state.src[state.pos - 1])):
        return False
    for name in (match[1], match[1].rstrip("_")):
        if (member := named.find(name)) is not None:
            if not silent:
                named.found.add(member[0])
                _add(state, member[1])
            state.pos += 1 + len(name)
            return True
    return False


def _add(tokens: StateInline, username: str) -> None:
    opening = tokens.push("link_open", "a", 1)
    opening.attrs = {"href": f"/@{username}", "class": "mention"}
    tokens.push("text", "", 0).content = f"@{username}"
    tokens.push("link_close", "a", -1)
