"""Reads what the demo's people say, from `threads/*.md` and `members.toml`.

A thread is a head (`title`, `by`, `tags`, `days` ago), a body, and its comments. Each comment begins with a
line such as `>> @lena 3h like*2 thanks`: two levels deep, three hours after the post, with three reactions.
"""

import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent
HEAD = re.compile(
    r"(?P<depth>>*) ?@(?P<by>\w+) (?P<number>\d+)(?P<unit>[mhd])(?P<reactions>( [a-z]+(\*\d+)?)*)"
)
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


class Member(msgspec.Struct, frozen=True):
    """One of the demo's people; the colours are their face's."""

    username: str
    name: str
    bio: str
    role: str
    skin: str
    hair: str
    shirt: str
    cut: str


class Remark(msgspec.Struct, frozen=True):
    """One comment; `parent` is the index of the one that it answers, among the thread's."""

    by: str
    after: timedelta
    parent: int | None
    reactions: dict[str, int]
    body: str


class Thread(msgspec.Struct, frozen=True):
    name: str
    title: str
    by: str
    tags: list[str]
    age: timedelta
    reactions: dict[str, int]
    body: str
    remarks: list[Remark]


@cache
def members() -> dict[str, Member]:
    found = tomllib.loads((FOLDER / "members.toml").read_text())
    return {name: msgspec.convert({"username": name, **rest}, Member) for name, rest in found.items()}


def threads() -> Iterator[Thread]:
    """All threads, the oldest first."""
    found = [_thread(path) for path in sorted((FOLDER / "threads").glob("*.md"))]
    yield from sorted(found, key=lambda thread: thread.age, reverse=True)


def _thread(path: Path) -> Thread:
    head, _, rest = path.read_text().partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    body, *parts = _split(rest)
    return Thread(
        name=path.stem,
        title=fields["title"],
        by=fields["by"],
        tags=[tag.strip() for tag in fields["tags"].split(",")],
        age=timedelta(days=float(fields["days"])),
        reactions=_reactions(fields.get("reactions", "")),
        body=_unwrap(body),
        remarks=_remarks(parts),
    )


def _split(text: str) -> list[str]:
    """The body, then for each comment its first line and its text."""
    parts = [""]
    for line in text.splitlines(keepends=True):
        if HEAD.fullmatch(line.rstrip()):
            parts.append("")
        parts[-1] += line
    return parts


def _unwrap(text: str) -> str:
    """The text as somebody types it: the files' line ends are for the files' readers."""
    blocks = re.split(r"\n{2,}", text.strip())
    return "\n\n".join(re.sub(r"\n(?![-|]|\d+\. )", " ", block) for block in blocks)


def _remarks(parts: list[str]) -> list[Remark]:
    remarks: list[Remark] = []
    line_of_ancestors: list[int] = []
    for number, part in enumerate(parts):
        first, _, body = part.partition("\n")
        match = HEAD.fullmatch(first.rstrip())
        if match is None:
            raise ValueError(first)
        del line_of_ancestors[len(match["depth"]) :]
        parent = line_of_ancestors[-1] if line_of_ancestors else None
        after = int(match["number"]) * UNITS[match["unit"]]
        remarks.append(Remark(match["by"], after, parent, _reactions(match["reactions"]), _unwrap(body)))
        line_of_ancestors.append(number)
    return remarks


def _reactions(text: str) -> dict[str, int]:
    pairs = (part.partition("*") for part in text.split())
    return {kind: int(number or 1) for kind, _, number in pairs}
