"""Follows, blocks and names in a browser: in place, live, and by keyboard alone."""

from playwright.async_api import Page, expect

from tests.browser.conftest import Opens
from tests.browser.faults import enter, faults
from tests.browser.keys import press
from tests.browser.writing import Writer
from tests.cast import Cast
from tests.serving import Server


async def test_a_block_hides_and_shows_again_while_one_reads(read: Opens, server: Server, cast: Cast) -> None:
    bob, mona = Writer(server, cast.bob), Writer(server, cast.mona)
    post = await mona.post()
    alone, answered = await bob.comment(post, "Alone"), await bob.comment(post, "Answered")
    await mona.comment(post, "An answer", answered)
    alice = await read(post["url"], cast.alice)
    await alice.is_live()
    await expect(alice.item(alone)).to_contain_text("Alone")
    async with server.client(cast.bob.token) as client:
        await client.put(f"/api/v1/users/{cast.alice.id}/block")
    await expect(alice.item(alone)).to_be_hidden()
    await expect(alice.item(answered)).to_contain_text("Hidden by a block.")
    await expect(alice.item(answered)).to_contain_text("An answer")
    await expect(alice.page.locator("main")).not_to_contain_text("Answered")
    late = await bob.comment(post, "Late")
    shown = await mona.comment(post, "After it")
    await expect(alice.item(shown)).to_contain_text("After it")
    await expect(alice.item(late)).to_be_hidden()
    await expect(alice.page.locator("main")).not_to_contain_text("Late")
    async with server.client(cast.bob.token) as client:
        await client.delete(f"/api/v1/users/{cast.alice.id}/block")
    await expect(alice.item(late)).to_contain_text("Late")
    await expect(alice.item(alone)).to_contain_text("Alone")


async def test_one_follows_and_mutes_in_place_by_keyboard(read: Opens, server: Server, cast: Cast) -> None:
    post = await Writer(server, cast.bob).post()
    alice = await read(post["url"], cast.alice)
    await alice.is_live()
    await press(alice, alice.page.get_by_role("button", name="Follow", exact=True))
    await expect(alice.page.get_by_role("button", name="Unfollow")).to_be_focused()
    await press(alice, alice.page.get_by_role("button", name="Mute", exact=True))
    await expect(alice.page.get_by_role("button", name="Unmute")).to_be_focused()
    await expect(alice.page.get_by_role("button", name="Follow", exact=True)).to_be_visible()


async def test_a_name_is_completed_by_keyboard(read: Opens, server: Server, cast: Cast) -> None:
    post = await Writer(server, cast.bob).post()
    alice = await read(post["url"], cast.alice)
    await alice.is_live()
    text = alice.page.get_by_label("Your reply")
    await text.focus()
    await alice.page.keyboard.type("Ask @m")
    people = alice.page.get_by_role("option")
    await expect(people).to_have_count(2)
    await expect(people.first).to_have_attribute("aria-selected", "true")
    await alice.page.keyboard.press("ArrowDown")
    await alice.page.keyboard.press("Enter")
    await expect(text).to_have_value("Ask @mona ")
    await expect(people).to_have_count(0)
    await alice.page.keyboard.type("or @bo")
    await expect(people).to_have_count(1)
    await alice.page.keyboard.press("Escape")
    await expect(people).to_have_count(0)
    await expect(text).to_have_value("Ask @mona or @bo")


async def test_axe_finds_nothing_where_one_follows(page: Page, server: Server, cast: Cast) -> None:
    bob = Writer(server, cast.bob)
    post = await bob.post()
    async with server.client(cast.alice.token) as client:
        for path in (
            f"posts/{post['id']}/follow",
            f"users/{cast.mona.id}/follow",
            f"users/{cast.mallory.id}/block",
        ):
            assert (await client.put(f"/api/v1/{path}")).is_success
    await enter(page, server, cast.alice)
    for path in ("/settings/following", "/@mallory", "/@mona", "/?following=true"):
        await page.goto(path)
        assert await faults(page) == []
    await page.goto(post["url"])
    await page.get_by_label("Your reply").press_sequentially("@b")
    await page.get_by_role("option").first.wait_for()
    assert await faults(page) == []
