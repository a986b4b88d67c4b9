"""Many small files as one answer each: a header for every file would weigh more than the files.

The sources stay as they are and work without this too; only what is served at the entry's address differs.
Comments that have lines of their own stay behind: they are a fifth of what would go over the wire.
"""

import posixpath
import re
from collections.abc import Mapping

SHEET = re.compile(r'^@import "([^"]+)";\n', re.MULTILINE)
IMPORT = re.compile(r'^import (\{[^}]*\}) from "([^"]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
# What the two above do not read must not be passed over in silence.
UNREAD = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
COMMENT = re.compile(r"^[ ]*(?://.*|/\*(?:[^*]|\*(?!/))*\*/)[ ]*\n", re.MULTILINE)


def join_sheets(entry: str, files: Mapping[str, str]) -> str:
    """The style sheet, and in it those that it imports."""
    return COMMENT.sub("", SHEET.sub(lambda match: files[_beside(entry, match[1])], files[entry]))


def join_modules(entry: str, files: Mapping[str, str]) -> str:
    """The module after all that it imports, each in a scope of its own. Raises ValueError."""
    order: list[str] = []
    _order(entry, files, order, ())
    names = {path: f"m{number}" for number, path in enumerate(order)}
    return COMMENT.sub("", "".join(_scope(path, files[path], names) for path in order))


def _order(path: str, files: Mapping[str, str], order: list[str], above: tuple[str, ...]) -> None:
    if path in above:
        raise ValueError(f"{path} imports itself by way of {above[-1]}.")
    if path in order:
        return
    for _, imported in IMPORT.findall(files[path]):
        _order(_beside(path, imported), files, order, (*above, path))
    order.append(path)


def _scope(path: str, source: str, names: Mapping[str, str]) -> str:
    exported = ", ".join(name for _, name in EXPORT.findall(source))
    body = IMPORT.sub(lambda match: f"const {match[1]} = {names[_beside(path, match[2])]};\n", source)
    body = EXPORT.sub(r"\1", body)
    if unread := UNREAD.search(body):
        raise ValueError(f"{path} cannot be joined: {unread[0]}")
    return f"const {names[path]} = (() => {{\n{body}return {{ {exported} }};\n}})();\n"


def _beside(path: str, other: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), other))
