"""The wire of `hubbub.v1` over real sockets to a real server (LIVE.md, section 2)."""

from tests.cast import Cast
from tests.live_client import LiveClient
from tests.serving import Server


async def test_welcome_is_the_first_frame(server: Server, cast: Cast) -> None:
    async with await LiveClient.open(server.live_url, origin=server.url, token=cast.alice.token) as alice:
        welcome = await alice.hear_type("welcome")
        assert alice.frames[0] == welcome
        assert welcome["protocol"] == 1
        assert welcome["user"]["username"] == "alice"
        assert welcome["limits"] == {
            "subscriptions": 128,
            "frame_bytes": 65536,
            "frames_per_second": 20,
            "page": 500,
        }
