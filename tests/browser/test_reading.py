"""New since one was here, reactions and who is writing: what one sees of the others' doing."""

from playwright.async_api import expect

from tests.browser.conftest import Opens
from tests.browser.reading import Reader
from tests.browser.writing import Writer
from tests.cast import Cast
from tests.serving import Server
from tests.waiting import eventually


async def test_what_is_new_is_marked_and_read_in_every_tab(read: Opens, server: Server, cast: Cast) -> None:
    bob = Writer(server, cast.bob)
    post = await bob.post()
    old = await bob.comment(post, "Old")
    async with server.client(cast.alice.token) as client:
        await client.put(f"/api/v1/posts/{post['id']}/read", json={"comment_id": old})
    new = [await bob.comment(post, f"New {number}\n\n{'Long. ' * 1600}") for number in range(3)]
    front = await read("/", cast.alice)
    unread = front.page.locator("[data-slot=unread]")
    await expect(unread).to_have_text("3 new")

    thread = Reader(await front.page.context.new_page())
    await thread.page.goto(post["url"])
    await expect(thread.page.locator(".since-line")).to_contain_text("3 replies are new since you were here.")
    await expect(thread.item(old)).not_to_contain_class("is-unread")
    for number in new:
        await expect(thread.item(number)).to_contain_class("is-unread")
    await thread.page.get_by_role("link", name="Go to the first").click()
    await expect(thread.item(new[0])).to_be_in_viewport()

    for number, left in zip(new, ("2 new", "1 new", ""), strict=True):
        await thread.item(number).locator("footer").scroll_into_view_if_needed()
        await expect(unread).to_have_text(left or "0 new")
    await expect(unread).to_be_hidden()
    await thread.page.reload()
    await expect(thread.page.locator(".since-line")).to_have_count(0)
    assert thread.errors == []


async def test_reading_in_one_tab_is_seen_in_the_list_of_another(
    read: Opens, server: Server, cast: Cast
) -> None:
    bob = Writer(server, cast.bob)
    post = await bob.post()
    old = await bob.comment(post, "Old")
    async with server.client(cast.alice.token) as client:
        await client.put(f"/api/v1/posts/{post['id']}/read", json={"comment_id": old})
    await bob.comments(post, 2, "New")
    front = await read("/", cast.alice)
    unread = front.page.locator("[data-slot=unread]")
    await expect(unread).to_have_text("2 new")

    thread = Reader(await front.page.context.new_page())
    await thread.page.goto(post["url"])
    await thread.page.locator(".comment").last.scroll_into_view_if_needed()

    await expect(unread).to_be_hidden()
    assert thread.errors == []


async def test_a_reaction_is_counted_in_the_other_browser(read: Opens, server: Server, cast: Cast) -> None:
    bob = Writer(server, cast.bob)
    post = await bob.post()
    number = await bob.comment(post, "Rye.")
    alice, carol = await read(post["url"], cast.alice), await read(post["url"])
    own, seen = (reader.item(number).locator(".reaction") for reader in (alice, carol))
    await alice.is_live()
    await carol.is_live()

    await alice.item(number).locator("details.react summary").click()
    await alice.item(number).get_by_role("button", name="love", exact=True).click()
    await expect(own).to_have_attribute("aria-pressed", "true")
    await expect(seen.locator(".reaction-count")).to_have_text("1")
    await expect(seen).to_have_attribute("aria-pressed", "false")
    await expect(seen).to_be_disabled()

    await bob.react("comments", number, "love")
    for chip in (own, seen):
        await expect(chip.locator(".reaction-count")).to_have_text("2")
    await expect(own).to_have_attribute("aria-pressed", "true")

    await own.click()
    await expect(own).to_have_attribute("aria-pressed", "false")
    await expect(seen.locator(".reaction-count")).to_have_text("1")


async def test_one_sees_who_is_writing_until_they_have(read: Opens, server: Server, cast: Cast) -> None:
    post = await Writer(server, cast.bob).post()
    alice, bob = await read(post["url"], cast.alice), await read(post["url"], cast.bob)
    await alice.is_live()
    await bob.is_live()
    line = bob.page.locator("[data-slot=typing]")
    await expect(line).to_have_text("")

    await alice.composer.press_sequentially("I bake")
    await expect(line).to_have_text("Alice is writing")
    await expect(alice.page.locator("[data-slot=typing]")).to_have_text("")
    await alice.page.get_by_role("button", name="Post reply").click()
    await expect(bob.comment("I bake")).to_be_visible()
    await expect(line).to_have_text("")

    async def writes_on() -> bool:
        await alice.composer.press_sequentially("And ")
        return await line.inner_text() == "Alice is writing"

    await eventually(writes_on, "Bob sees that Alice writes again")
    # Who stops is soon not said to write any more.
    await expect(line).to_have_text("")
