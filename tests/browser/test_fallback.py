"""Where WebSockets do not pass, the page is as live, and says no more than it knows."""

from collections.abc import Callable

import pytest
from playwright.async_api import WebSocketRoute, expect

from app.comments.removing import remove_comment
from app.comments.schemas import CommentChange, NewComment
from app.comments.services import edit_comment, post_comment
from tests.browser.conftest import Opens
from tests.browser.reading import Reader
from tests.browser.test_reconnect import UNTIL
from tests.browser.writing import Writer
from tests.cast import Cast, Member
from tests.serving import Server

Serve = Callable[..., Server]

NONE_AT_ALL = "delete globalThis.WebSocket"
# As behind a proxy that does not know the upgrade: the handshake is refused.
REFUSED = """
const Native = WebSocket;
globalThis.WebSocket = class extends Native {
  constructor(url, protocol) { super(url.replace("/live", "/nowhere"), protocol); }
};
"""


async def open_blocked(read: Opens, server: Server, url: str, member: Member | None, how: str) -> Reader:
    """A page whose sockets do not pass, from its first moment."""
    reader = await read("about:blank", member, at=server)
    await reader.page.add_init_script(how)
    await reader.page.goto(url)
    return reader


@pytest.mark.parametrize("how", [NONE_AT_ALL, REFUSED], ids=["none", "refused"])
async def test_a_page_without_websockets_is_live_and_comes_back_whole(
    read: Opens, serve: Serve, cast: Cast, how: str
) -> None:
    server = serve()
    bob = Writer(server, cast.bob)
    post = await bob.post()
    edited, removed = await bob.comments(post, 2)
    alice = await open_blocked(read, server, post["url"], cast.alice, how)
    await alice.is_live()
    await bob.comment(post, "Heard without a socket")
    await expect(alice.comment("Heard without a socket")).to_be_visible()
    await alice.reply("And answered")
    await expect(alice.comment("And answered")).to_be_visible()
    await expect(alice.page.locator(".is-failed, .is-sending")).to_have_count(0)

    server.kill()
    await expect(alice.status).to_have_text(UNTIL)
    new, _ = await post_comment(cast.bob.viewer, post["id"], NewComment(body="While away"))
    await edit_comment(cast.bob.viewer, edited, CommentChange(body="Changed while away"))
    await remove_comment(cast.bob.viewer, removed)
    server.start()
    await alice.hurry()

    await alice.is_live()
    await expect(alice.item(edited)).to_contain_text("Changed while away")
    await expect(alice.item(removed)).to_contain_text("Removed by its author.")
    await expect(alice.item(new.id)).to_be_visible()
    await bob.comment(post, "And on it goes")
    await expect(alice.comment("And on it goes")).to_be_visible()
    await expect(alice.count).to_have_text("5 replies")


async def test_a_page_goes_back_to_its_socket_when_sockets_pass_again(
    read: Opens, server: Server, cast: Cast
) -> None:
    bob = Writer(server, cast.bob)
    post = await bob.post()
    passes = False
    passed: list[WebSocketRoute] = []

    async def guard(route: WebSocketRoute) -> None:
        if passes:
            passed.append(route)
            route.connect_to_server()
        else:
            await route.close(code=3000)

    alice = await read("about:blank", cast.alice)
    await alice.page.route_web_socket("**/live", guard)
    async with alice.page.expect_request("**/api/v1/channels/**"):
        await alice.page.goto(post["url"])
    await alice.is_live()
    passes = True
    await alice.hurry()
    await bob.comment(post, "By either way")
    await expect(alice.comment("By either way")).to_be_visible()
    await alice.is_live()
    assert passed


async def test_the_front_page_counts_new_posts_without_a_socket(
    read: Opens, server: Server, cast: Cast
) -> None:
    alice = await open_blocked(read, server, "/", cast.alice, NONE_AT_ALL)
    await alice.is_live()
    await Writer(server, cast.bob).post("News without a socket")
    await expect(alice.news).to_have_text("1 new post")
