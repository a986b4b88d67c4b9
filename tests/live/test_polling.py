"""A long poll as the hub sees it."""

import pytest

from app.accounts.viewer import ANONYMOUS
from app.live import frames
from app.live.hub import Hub
from app.live.polling import Poll


async def test_a_poll_that_is_ended_before_it_is_in_says_nothing_of_a_position(
    hub: Hub, channel: str
) -> None:
    """An answer without an epoch would be one that nobody can go on from."""
    poll = Poll(hub, ANONYMOUS, "127.0.0.1")
    poll.hang_up(1012, "restart")
    with pytest.raises(ConnectionAbortedError):
        await poll.answer(frames.Subscribe(0, channel, hub.epoch, 0), 10, 0.1)
