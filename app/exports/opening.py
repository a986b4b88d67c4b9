"""Reads an archive that somebody gave us: nothing in it is believed but what fits the shapes below."""

from pathlib import Path
from typing import Any, Self
from zipfile import BadZipFile, ZipFile

import msgspec

from app.exports.archive import FORMAT, About
from app.exports.markdown import Comment, Post

# More than anybody writes; a file that grows to more of it when it is unpacked is no archive.
MOST_BYTES = 500_000_000


class Unreadable(Exception):
    """One sentence about what is wrong with the file."""


class Reaction(msgspec.Struct, frozen=True):
    """One entry of `reactions.json`."""

    subject: str
    kind: str


class Archive(msgspec.Struct, frozen=True):
    """What of an archive comes into a community."""

    about: About
    picture: bytes | None
    posts: list[Post]
    comments: list[Comment]
    reactions: list[Reaction]

    @classmethod
    def open(cls, path: Path) -> Self:
        """Raises Unreadable, OSError."""
        try:
            with ZipFile(path) as file:
                about = _read(file, "about.json", About)
                if about.format != FORMAT:
                    raise Unreadable("It was made by a Hubbub that is newer than this one.")
                return cls(
                    about,
                    _bytes(file, "avatar.webp") if "avatar.webp" in file.namelist() else None,
                    _read(file, "posts.json", list[Post]),
                    _read(file, "comments.json", list[Comment]),
                    _read(file, "reactions.json", list[Reaction]),
                )
        except (BadZipFile, KeyError, NotImplementedError, EOFError) as error:
            raise Unreadable("It is no archive of a Hubbub.") from error


def _read(file: ZipFile, name: str, kind: Any) -> Any:
    try:
        return msgspec.json.decode(_bytes(file, name), type=kind)
    except msgspec.MsgspecError as error:
        raise Unreadable(f"{name} in it is not what it should be: {error}") from None


def _bytes(file: ZipFile, name: str) -> bytes:
    if file.getinfo(name).file_size > MOST_BYTES:
        raise Unreadable(f"{name} in it is too large.")
    return file.read(name)
