"""The end of a channel in memory: never a hole, never more than it may hold."""

import msgspec

from app.live import ring
from app.live.log import Item


def item(seq: int, size: int = 10) -> Item:
    return Item(seq, "post.updated", "", msgspec.Raw(b"x" * size))


def filled(*seqs: int) -> ring.Ring:
    made = ring.Ring()
    for seq in seqs:
        made.append(item(seq))
    return made


def seqs(items: list[Item] | None) -> list[int] | None:
    return None if items is None else [one.seq for one in items]


def test_it_gives_what_follows_a_position_or_nothing_at_all() -> None:
    here = filled(5, 6, 7)
    assert seqs(here.after(4, 100)) == [5, 6, 7]
    assert seqs(here.after(5, 1)) == [6]
    assert seqs(here.after(7, 100)) == []
    assert here.after(3, 100) is None
    assert filled().after(0, 100) is None


def test_what_was_read_goes_before_it_where_the_two_meet() -> None:
    here = filled(5, 6)
    here.precede([item(1), item(2)], 6)
    assert here.after(2, 100) is None
    here.precede([item(3), item(4), item(5)], 6)
    assert seqs(here.after(2, 100)) == [3, 4, 5, 6]
    empty = filled()
    empty.precede([item(3), item(4)], 4)
    assert seqs(empty.after(2, 100)) == [3, 4]


def test_the_oldest_go_when_there_are_too_many_or_they_are_too_large() -> None:
    many = filled(*range(1, ring.ITEMS + 11))
    assert many.after(9, 1) is None
    assert seqs(many.after(10, 1)) == [11]
    large = ring.Ring()
    for seq in (1, 2, 3):
        large.append(item(seq, ring.BYTES // 2))
    assert seqs(large.after(1, 100)) == [2, 3]


def test_what_was_read_does_not_push_out_what_is_newer() -> None:
    here = filled(*range(11, ring.ITEMS + 11))
    here.precede([item(seq) for seq in range(1, 11)], ring.ITEMS + 10)
    assert here.after(9, 1) is None
    assert seqs(here.after(10, 1)) == [11]
