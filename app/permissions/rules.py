"""The answers that somebody may get, and the rules: who gets which."""

from typing import Literal

import msgspec

# `nothing` is no refusal: there is nothing at this address for anybody. The others are codes of API.md.
Answer = Literal[
    "may", "unauthenticated", "invalid_token", "scope", "suspended", "forbidden", "not_found", "locked", "conflict",
    "nothing",
]  # fmt: skip
REFUSALS: tuple[Answer, ...] = (
    "unauthenticated", "invalid_token", "scope", "suspended", "forbidden", "not_found", "locked", "conflict",
)  # fmt: skip


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What each is answered. `author` is whose it is: who wrote it, or the member that the address names."""

    anonymous: Answer = "may"
    member: Answer = "may"
    author: Answer = "may"
    moderator: Answer = "may"
    admin: Answer = "may"
    # As any member, unless it is said otherwise.
    newcomer: Answer | None = None


def nobody(answer: Answer, anonymous: Answer = "unauthenticated") -> Rule:
    """The same answer for all who are signed in."""
    return Rule(anonymous=anonymous, member=answer, author=answer, moderator=answer, admin=answer)


ANYONE = Rule()
MEMBERS = Rule(anonymous="unauthenticated")
# A member's own: others see that it is there.
AUTHOR = Rule(anonymous="unauthenticated", member="forbidden", moderator="forbidden", admin="forbidden")
# A member's own, of which others do not even hear.
OWNER = Rule(anonymous="unauthenticated", member="not_found", moderator="not_found", admin="not_found")
MODERATORS = Rule(anonymous="unauthenticated", member="forbidden", author="forbidden")
ADMINS = Rule(anonymous="unauthenticated", member="forbidden", author="forbidden", moderator="forbidden")
# What was removed is shown to its author and to moderators.
SHOWN_TO_AUTHOR = Rule(anonymous="not_found", member="not_found")
HIDDEN = nobody("not_found", anonymous="not_found")
NOTHING = nobody("nothing", anonymous="nothing")
