"""Who is here, and how busy a thread is, as readers see it."""

from typing import Any

from playwright.async_api import expect

from tests.browser.conftest import Opens
from tests.browser.writing import Writer
from tests.cast import Cast
from tests.serving import Server
from tests.writers import open_thread


async def test_readers_see_how_many_are_here_but_for_one_who_is_alone(
    read: Opens, server: Server, cast: Cast
) -> None:
    path = f"/posts/{await open_thread(cast.alice)}"
    alice = await read(path, cast.alice)
    here = alice.page.locator("[data-slot=presence]")
    await alice.is_live()
    await expect(here).to_be_hidden()
    bob = await read(path, cast.bob)
    somebody = await read(path)
    for reader in (alice, bob, somebody):
        place = reader.page.locator("[data-slot=presence]")
        await expect(place.locator("span").first).to_have_text("3 here")
        await expect(place).to_have_attribute("title", "Alice, Bob and 1 other")
    await somebody.page.close()
    await expect(here).to_have_attribute("title", "Alice and Bob")
    await alice.page.context.set_offline(True)
    await expect(here).to_be_hidden()
    await alice.page.context.set_offline(False)
    await expect(here.locator("span").first).to_have_text("2 here")
    await expect(here).to_be_visible()


async def test_the_front_page_counts_along_and_moves_nothing(read: Opens, server: Server, cast: Cast) -> None:
    bob = Writer(server, cast.bob)
    busy, other = await bob.post("A busy thread"), await bob.post("Another one")
    carol = await read("/")
    rows = carol.page.locator(".post-row")
    order = [await row.get_attribute("data-post") for row in await rows.all()]
    await carol.is_live()
    await bob.comment(busy, "Hello")
    count = carol.page.locator(count_of(busy))
    await expect(count).to_have_text("1 reply")
    await bob.comment(busy, "Hello again")
    await expect(count).to_have_text("2 replies")
    await expect(carol.page.locator(count_of(other))).to_have_text("0 replies")
    assert [await row.get_attribute("data-post") for row in await rows.all()] == order


def count_of(post: dict[str, Any]) -> str:
    post_id = post["id"]
    return f'[data-post="{post_id}"] [data-slot=comments-count]'
