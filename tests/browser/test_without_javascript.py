"""Everything of a first visit, in a browser that runs no script."""

from playwright.async_api import expect

from tests.browser.conftest import Opens
from tests.browser.reading import Reader
from tests.browser.writing import Writer
from tests.cast import Cast
from tests.serving import Server


async def test_one_signs_up_posts_replies_edits_and_signs_out(read: Opens, server: Server) -> None:
    carol = await read("/", java_script_enabled=False)
    await carol.page.get_by_role("link", name="Sign up").first.click()
    await sign_up(carol)
    await expect(carol.page.locator(".site-viewer")).to_contain_text("Carol")

    await carol.page.get_by_role("link", name="Write").first.click()
    await carol.page.get_by_label("Title", exact=True).fill("Bread for a beginner?")
    await carol.page.get_by_label("Text", exact=True).fill("I have *flour*.")
    await carol.page.get_by_role("button", name="Publish post").click()
    await expect(carol.page.locator("h1")).to_have_text("Bread for a beginner?")
    await expect(carol.page.locator(".post em")).to_have_text("flour")

    await carol.reply("And water.")
    await expect(carol.comment("And water.")).to_be_visible()
    await expect(carol.count).to_have_text("1 reply")

    await carol.page.locator(".comment").get_by_role("link", name="Reply").click()
    await carol.page.locator("textarea").fill("And salt.")
    await carol.page.get_by_role("button", name="Post reply").click()
    await expect(carol.page.locator(".comment .comment")).to_contain_text("And salt.")

    await carol.page.locator(".comment .comment [data-action=edit]").click()
    await carol.page.locator("main textarea").fill("And a little salt.")
    await carol.page.get_by_role("button", name="Save changes").click()
    await expect(carol.page.locator(".comment .comment")).to_contain_text("And a little salt.")
    await expect(carol.page.locator(".comment .comment [data-slot=edited]")).to_be_visible()

    await carol.page.locator(".comment .comment").get_by_role("button", name="Remove").click()
    await expect(carol.page.locator(".comment .comment")).to_contain_text("Removed by its author.")
    await carol.page.locator(".comment .comment").get_by_role("button", name="Undo").click()
    await expect(carol.page.locator(".comment .comment")).to_contain_text("And a little salt.")

    await carol.page.get_by_role("button", name="Sign out").click()
    await expect(carol.page.get_by_role("link", name="Sign in").first).to_be_visible()


async def test_words_of_somebody_without_an_account_are_posted_after_sign_up(
    read: Opens, server: Server, cast: Cast
) -> None:
    bob = Writer(server, cast.bob)
    post = await bob.post()
    number = await bob.comment(post, "Rye.")
    carol = await read(post["url"], java_script_enabled=False)

    await carol.item(number).get_by_role("link", name="Reply").click()
    await carol.page.locator("textarea").fill("With seeds?")
    await carol.page.get_by_role("button", name="Post reply").click()
    await expect(carol.page.locator("blockquote")).to_have_text("With seeds?")
    await sign_up(carol)

    await expect(carol.item(number).locator(".comment")).to_contain_text("With seeds?")


async def test_words_that_are_refused_are_still_in_the_form(read: Opens, server: Server, cast: Cast) -> None:
    post = await Writer(server, cast.bob).post()
    alice = await read(post["url"], cast.alice, java_script_enabled=False)
    await alice.reply("x" * 10_001)
    await expect(alice.composer).to_have_value("x" * 10_001)
    await expect(alice.page.locator("#write [data-slot=error]")).to_be_visible()


async def test_a_draft_is_kept_by_its_button_and_gone_on_with_elsewhere(
    read: Opens, server: Server, cast: Cast
) -> None:
    bob = Writer(server, cast.bob)
    post = await bob.post()
    number = await bob.comment(post, "Rye.")
    alice = await read(post["url"], cast.alice, java_script_enabled=False)
    await alice.composer.fill("Half a thought")
    await alice.page.get_by_role("button", name="Save draft").click()
    await expect(alice.composer).to_have_value("Half a thought")
    await expect(alice.page.locator("#write [data-slot=draft]")).to_have_text("Draft saved just now")

    await alice.page.goto(f"/comments/{number}/reply")
    await alice.page.locator("textarea").fill("With seeds?")
    await alice.page.get_by_role("button", name="Save draft").click()

    elsewhere = await read("/@alice", cast.alice, java_script_enabled=False)
    await elsewhere.page.get_by_role("link", name="Drafts").click()
    await expect(elsewhere.page.locator(".draft")).to_have_count(2)
    await (
        elsewhere.page.locator(".draft", has_text="Half a thought").get_by_role("button", name="Drop").click()
    )
    await expect(elsewhere.page.locator(".draft")).to_have_count(1)
    await elsewhere.page.get_by_role("button", name="Undo").click()
    await (
        elsewhere.page.locator(".draft", has_text="Half a").get_by_role("link", name="Go on writing").click()
    )
    await elsewhere.composer.fill("Half a thought and the rest")
    await elsewhere.page.get_by_role("button", name="Save draft").click()

    await alice.page.goto(post["url"])
    await expect(alice.composer).to_have_value("Half a thought and the rest")
    await alice.reply("A whole thought")
    await expect(alice.comment("A whole thought")).to_be_visible()
    await expect(alice.composer).to_have_value("")
    await elsewhere.page.get_by_role("button", name="Save draft").click()
    await expect(elsewhere.page.locator("h1")).to_have_text("Changed on another device")
    await expect(elsewhere.page.get_by_label("Text")).to_have_value("Half a thought and the rest")


async def test_two_devices_keep_both(read: Opens, cast: Cast) -> None:
    one = await read("/posts/new", cast.alice, java_script_enabled=False)
    other = await read("/posts/new", cast.alice, java_script_enabled=False)
    for device, words in ((one, "From here."), (other, "From there.")):
        await device.page.get_by_label("Text", exact=True).fill(words)
        await device.page.get_by_role("button", name="Save draft").click()
    await expect(other.page.locator(".draft-text")).to_have_text("From here.")
    await other.page.get_by_role("button", name="Keep both").click()
    await expect(other.page.get_by_label("Text", exact=True)).to_have_value("From here.\n\nFrom there.")


async def sign_up(reader: Reader) -> None:
    """As Carol, on the page that asks for it."""
    await reader.page.get_by_label("Username").fill("carol")
    await reader.page.get_by_label("Name", exact=True).fill("Carol")
    await reader.page.get_by_label("Email").fill("carol@example.org")
    await reader.page.get_by_label("Password").fill("a very long pass phrase")
    await reader.page.locator("main form button").last.click()
    await reader.page.wait_for_url(lambda url: not url.split("?")[0].endswith("/sign-up"))
