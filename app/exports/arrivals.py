"""What came in with an archive, and what could not be attached to anything here."""

from collections import Counter

import msgspec

from app.accounts.viewer import Viewer
from app.exports.entries import Member
from app.exports.places import Places


class Arrivals(msgspec.Struct):
    """One archive on its way in: `came` counts what is new here by its noun, `left` names what found no place."""

    viewer: Viewer
    owner: Member
    places: Places
    came: Counter[str] = msgspec.field(default_factory=Counter)
    left: list[str] = []

    def note(self, noun: str, is_new: bool | None, what: str) -> None:
        """`is_new` is None for what cannot be attached, False for what was here."""
        if is_new is None:
            self.left.append(what)
        elif is_new:
            self.came[noun] += 1

    def key(self, was: int) -> str:
        """What a post or comment of the archive is known by here."""
        return f"{self.places.prefix}{was}"
