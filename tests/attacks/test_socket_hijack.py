"""Cross-site WebSocket hijacking: a page elsewhere opens the socket with the visitor's cookie."""

import pytest
from websockets.exceptions import InvalidStatus

from tests.cast import Cast
from tests.live_client import LiveClient
from tests.serving import Server

FOREIGN = [
    "https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1", "{home}.evil.example",
    "http://evil.example:{port}", "http://user@127.0.0.1:{port}", "http://localhost:{port}",
    "file://", "chrome-extension://abc", "{home} https://evil.example", "http://127.0.0.1:{port}@evil.example",
]  # fmt: skip


@pytest.mark.parametrize("origin", FOREIGN)
async def test_a_foreign_origin_gets_no_socket_whoever_has_the_cookie(
    server: Server, cast: Cast, origin: str
) -> None:
    foreign = origin.format(home=server.url, port=server.port)
    for token in (cast.alice.token, None):
        with pytest.raises(InvalidStatus) as refused:
            await LiveClient.open(server.live_url, token=token, origin=foreign)
        assert refused.value.response.status_code == 403


async def test_the_neighbour_our_own_page_gets_one_as_who_is_signed_in(server: Server, cast: Cast) -> None:
    async with await LiveClient.open(server.live_url, token=cast.alice.token, origin=server.url) as live:
        assert (await live.hear_type("welcome"))["user"]["username"] == "alice"


async def test_a_cookie_without_an_origin_is_nobodys(server: Server, cast: Cast) -> None:
    """Browsers always say where a socket comes from; a program that says nothing has tokens."""
    async with await LiveClient.open(server.live_url, token=cast.alice.token) as live:
        assert (await live.hear_type("welcome"))["user"] is None
        answer = await live.ask("subscribe", channel=f"user:{cast.alice.id}")
        assert (answer["type"], answer["code"]) == ("error", "not_found")


async def test_only_the_one_address_has_a_socket(server: Server, cast: Cast) -> None:
    for path in ("/", "/live/", "/posts/1/live", "/admin/", "/livefoo", "//live"):
        with pytest.raises(InvalidStatus) as refused:
            await LiveClient.open(
                f"ws://127.0.0.1:{server.port}{path}", token=cast.ada.token, origin=server.url
            )
        assert refused.value.response.status_code == 403
