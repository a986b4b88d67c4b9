"""What moderators do is seen on pages that are open."""

from playwright.async_api import expect

from tests.browser.conftest import Opens
from tests.browser.writing import Writer
from tests.cast import Cast
from tests.serving import Server


async def test_a_thread_closes_and_opens_under_its_readers(read: Opens, server: Server, cast: Cast) -> None:
    alice, mona = Writer(server, cast.alice), Writer(server, cast.mona)
    post = await alice.post()
    answered = await alice.comment(post, "An answer")
    bob = await read(post["url"], cast.bob)
    await bob.is_live()
    composer = bob.page.locator("#write")
    mark = bob.page.locator(".post [data-slot=locked]")
    reply = bob.item(answered).locator("[data-action=reply]")
    await expect(reply).to_be_visible()

    await mona.turn(post, "lock", on=True)
    await expect(mark).to_be_visible()
    await expect(composer).to_be_hidden()
    await expect(reply).to_be_hidden()
    await expect(bob.page.get_by_text("This thread is closed.")).to_be_visible()
    late = await read(post["url"], cast.bob)
    await late.is_live()
    await expect(late.page.locator("#write")).to_be_hidden()

    await mona.turn(post, "lock", on=False)
    for reader in (bob, late):
        await expect(reader.page.locator("#write")).to_be_visible()
        await expect(reader.item(answered).locator("[data-action=reply]")).to_be_visible()
        await expect(reader.page.locator(".post [data-slot=locked]")).to_be_hidden()
        await expect(reader.page.get_by_text("This thread is closed.")).to_be_hidden()
    await late.page.locator("#write textarea").fill("In time.")
    await late.page.locator("#write").get_by_role("button", name="Post reply").click()
    await expect(bob.page.get_by_text("In time.")).to_be_visible()


async def test_words_that_are_being_written_stay_when_the_thread_closes(
    read: Opens, server: Server, cast: Cast
) -> None:
    post = await Writer(server, cast.alice).post()
    bob = await read(post["url"], cast.bob)
    await bob.is_live()
    await bob.page.locator("#write textarea").fill("Half a tho")
    await Writer(server, cast.mona).turn(post, "lock", on=True)
    await expect(bob.page.locator(".post [data-slot=locked]")).to_be_visible()
    await expect(bob.page.locator("#write textarea")).to_have_value("Half a tho")
    await expect(bob.page.locator("#write")).to_be_visible()


async def test_marks_come_and_go_on_the_front_page(read: Opens, server: Server, cast: Cast) -> None:
    mona, post = Writer(server, cast.mona), await Writer(server, cast.alice).post()
    carol = await read("/")
    await carol.is_live()
    row = carol.page.locator(".post-row")
    for state, name in (("pin", "pinned"), ("lock", "locked")):
        await mona.turn(post, state, on=True)
        await expect(row.locator(f"[data-slot={name}]")).to_be_visible()
        await mona.turn(post, state, on=False)
        await expect(row.locator(f"[data-slot={name}]")).to_be_hidden()


async def test_a_moderator_works_beside_what_they_read(read: Opens, server: Server, cast: Cast) -> None:
    alice = Writer(server, cast.alice)
    post = await alice.post()
    comment = await alice.comment(post, "Buy this.")
    mona, bob = await read(post["url"], cast.mona), await read(post["url"], cast.bob)
    await bob.is_live()
    await mona.page.get_by_role("button", name="Close", exact=True).click()
    await expect(mona.page.get_by_role("button", name="Reopen")).to_be_visible()
    await expect(bob.page.locator(".post [data-slot=locked]")).to_be_visible()
    await expect(mona.page.locator("#write"), "moderators write on").to_be_visible()

    remove = mona.item(comment).get_by_role("link", name="Remove")
    await expect(bob.item(comment).get_by_text("Remove")).to_be_hidden()
    await mona.item(comment).locator("article").hover()
    await remove.click()
    await mona.page.get_by_label("Why").fill("No sales.")
    await mona.page.get_by_role("button", name="Remove reply").click()
    for reader in (mona, bob):
        await expect(reader.item(comment)).to_contain_text("Removed by a moderator. They said: “No sales.”")
    await mona.item(comment).get_by_role("button", name="Undo").click()
    for reader in (mona, bob):
        await expect(reader.item(comment)).to_contain_text("Buy this.")


async def test_a_moderator_may_remove_what_arrives_while_they_read(
    read: Opens, server: Server, cast: Cast
) -> None:
    alice = Writer(server, cast.alice)
    post = await alice.post()
    mona = await read(post["url"], cast.mona)
    await mona.is_live()
    comment = await alice.comment(post, "Buy this.")
    link = mona.item(comment).get_by_role("link", name="Remove")
    await expect(link).to_have_attribute("href", f"/comments/{comment}/removal")
    own = await Writer(server, cast.mona).comment(post, "No.")
    await expect(mona.item(own).get_by_role("button", name="Remove")).to_have_count(1)
    await expect(mona.item(own).get_by_role("link", name="Remove")).to_have_count(0)
