"""Reads an archive that somebody gave us."""

from pathlib import Path
from typing import Any, Self, get_args
from zipfile import BadZipFile, ZipFile

import msgspec

from app.exports import entries
from app.exports.archive import FORMAT

# More than anybody writes; a file that grows to more of it when it is unpacked is no archive.
MOST_BYTES = 500_000_000


class Unreadable(Exception):
    """One sentence about what is wrong with the file."""


class Archive(msgspec.Struct, frozen=True):
    """What of an archive comes into a community: a list for each of its JSON files.

    It has more: sessions, tokens and addresses open doors elsewhere, and what was reported or decided was so among
    others. That stays in the file.
    """

    about: entries.About
    picture: bytes | None
    posts: list[entries.Post] = []
    removed_posts: list[entries.Post] = []
    comments: list[entries.Comment] = []
    removed_comments: list[entries.Comment] = []
    post_revisions: list[entries.Revision] = []
    comment_revisions: list[entries.Revision] = []
    reactions: list[entries.Reaction] = []
    drafts: list[entries.Draft] = []
    reads: list[entries.Read] = []
    followed_posts: list[entries.FollowedPost] = []
    followed_members: list[entries.NamedMember] = []
    followed_tags: list[entries.FollowedTag] = []
    blocks: list[entries.NamedMember] = []
    follow_settings: list[entries.FollowSettings] = []
    notification_settings: list[entries.Setting] = []
    digests: list[entries.Digest] = []
    stopped_mails: list[entries.StoppedMail] = []
    notifications: list[entries.Notification] = []

    @classmethod
    def open(cls, path: Path) -> Self:
        """Raises Unreadable, OSError."""
        try:
            with ZipFile(path) as file:
                about = _read(file, "about.json", entries.About)
                if about.format != FORMAT:
                    raise Unreadable("It was made by a Hubbub that is newer than this one.")
                picture = _bytes(file, "avatar.webp") if "avatar.webp" in file.namelist() else None
                return cls(about, picture, **_lists(file))
        except (BadZipFile, KeyError, NotImplementedError, EOFError) as error:
            raise Unreadable("It is no archive of a Hubbub.") from error

    @property
    def all_posts(self) -> list[entries.Post]:
        return sorted([*self.posts, *self.removed_posts], key=lambda post: post.id)

    @property
    def all_comments(self) -> list[entries.Comment]:
        """In the order in which they were written: what is answered comes before its answers."""
        return sorted([*self.comments, *self.removed_comments], key=lambda comment: comment.id)


def _lists(file: ZipFile) -> dict[str, Any]:
    names, found = set(file.namelist()), {}
    for field in msgspec.structs.fields(Archive):
        name = f"{field.name.replace('_', '-')}.json"
        # An older archive has fewer.
        if get_args(field.type) and field.name != "picture" and name in names:
            found[field.name] = _read(file, name, field.type)
    return found


def _read(file: ZipFile, name: str, kind: Any) -> Any:
    try:
        return msgspec.json.decode(_bytes(file, name), type=kind)
    except msgspec.MsgspecError as error:
        raise Unreadable(f"{name} in it is not what it should be: {error}") from None


def _bytes(file: ZipFile, name: str) -> bytes:
    if file.getinfo(name).file_size > MOST_BYTES:
        raise Unreadable(f"{name} in it is too large.")
    return file.read(name)
