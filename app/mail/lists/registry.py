"""What a list of mails is; `app/mail_lists.py` has them all."""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial

import msgspec

from app.database.transaction import Change
from app.mail.lists import left

Switch = Callable[[Change, int], Awaitable[None]]


class MailList(msgspec.Struct, frozen=True, kw_only=True):
    """Mails that a member may stop, each by the member's id.

    `name` stands in mailed links for good. `title` goes on after "You get". `settings` is the page where they are
    chosen in detail; `start` takes a stop back, where there is nothing to choose.
    """

    name: str
    title: str
    wanted: Callable[[int], Awaitable[bool]]
    stop: Switch
    start: Switch | None = None
    settings: str = ""


def plain_list(name: str, title: str) -> MailList:
    """A list that one gets or does not get; who left it is noted in `unsubscriptions`."""
    return MailList(
        name=name,
        title=title,
        wanted=partial(left.is_wanted, name),
        stop=partial(left.leave, name),
        start=partial(left.come_back, name),
    )


def introduce(lists: Iterable[MailList]) -> None:
    """Say which lists there are, once, where the parts meet."""
    _known.clear()
    _known.update({known.name: known for known in lists})


def find_list(name: str) -> MailList | None:
    return _known.get(name)


_known: dict[str, MailList] = {}
