"""Nothing that arrives may move what is being read, or take away focus, selection or place."""

import pytest
from playwright.async_api import async_playwright, expect

from tests.browser.conftest import Opens, launch
from tests.browser.reading import Reader
from tests.browser.writing import Writer
from tests.cast import Cast
from tests.serving import Server

MANY = 24


class Scene:
    """A long thread of bob's that alice reads in a low window."""

    def __init__(self, alice: Reader, bob: Writer, post: dict[str, object], replies: list[int]) -> None:
        self.alice, self.bob, self.post, self.replies = alice, bob, post, replies

    async def read_from(self, number: int) -> None:
        """Scroll so that this reply is the first thing in the window."""
        await self.alice.page.evaluate(
            "id => window.scrollTo({ top: document.getElementById(id).getBoundingClientRect().top + scrollY - 2 })",
            f"comment-{self.replies[number]}",
        )

    async def answer(self, number: int, words: str) -> int:
        return await self.bob.comment(self.post, words, self.replies[number])


@pytest.fixture
async def scene(read: Opens, server: Server, cast: Cast) -> Scene:
    bob = Writer(server, cast.bob)
    post = await bob.post()
    replies = await bob.comments(post, MANY)
    alice = await read(post["url"], cast.alice, viewport={"width": 800, "height": 600})
    await alice.is_live()
    return Scene(alice, bob, post, replies)


async def test_what_comes_above_is_put_in_and_nothing_moves(scene: Scene) -> None:
    alice = scene.alice
    await scene.read_from(15)
    before = await alice.top_of(alice.item(scene.replies[16]))

    number = await scene.answer(2, "A long answer, far above.\n\nIn two paragraphs.")

    await expect(alice.item(number)).to_be_attached()
    assert await alice.top_of(alice.item(scene.replies[16])) == pytest.approx(before, abs=1)
    await expect(alice.news).to_have_text("1 new reply")
    await expect(alice.item(number)).not_to_have_class("is-new")


async def test_what_would_push_down_what_is_read_waits(scene: Scene) -> None:
    alice = scene.alice
    await scene.read_from(10)
    before = await alice.top_of(alice.item(scene.replies[11]))

    first = await scene.answer(10, "In the middle of the window")
    await scene.answer(10, "Another one there")
    await expect(alice.news).to_have_text("2 new replies")
    await expect(alice.item(first)).to_have_count(0)
    assert await alice.top_of(alice.item(scene.replies[11])) == before

    await alice.news.click()
    await expect(alice.item(first)).to_be_in_viewport()
    await expect(alice.item(first).locator("> article")).to_be_focused()
    await expect(alice.item(first)).to_have_class("comment is-new")
    await expect(alice.news).to_be_hidden()
    await expect(alice.item(first)).to_have_class("comment")


async def test_what_waits_is_put_in_when_its_place_is_out_of_sight(scene: Scene) -> None:
    alice = scene.alice
    await scene.read_from(10)
    number = await scene.answer(10, "In the middle of the window")
    await expect(alice.news).to_have_text("1 new reply")
    await expect(alice.item(number)).to_have_count(0)

    await scene.read_from(18)
    await expect(alice.item(number)).to_be_attached()


async def test_what_waits_is_edited_and_removed_where_it_waits(scene: Scene) -> None:
    alice = scene.alice
    await scene.read_from(10)
    edited = await scene.answer(10, "As it was")
    removed = await scene.answer(10, "Soon gone")
    below = await scene.bob.comment(scene.post, "An answer to what waits", edited)
    await expect(alice.news).to_have_text("3 new replies")

    await scene.bob.edit(edited, "As it is")
    await scene.bob.remove(removed)
    await expect(alice.news).to_have_text("2 new replies")
    await alice.news.click()

    await expect(alice.item(edited).locator("> article [data-slot=body]")).to_have_text("As it is")
    await expect(alice.item(removed)).to_contain_text("Removed by its author.")
    await expect(alice.item(edited).locator(f"#comment-{below}")).to_be_attached()


async def test_what_comes_below_is_put_in_and_told_of(scene: Scene) -> None:
    alice = scene.alice
    await scene.read_from(3)
    before = await alice.top_of(alice.item(scene.replies[4]))
    number = await scene.bob.comment(scene.post, "At the end")

    await expect(alice.item(number)).to_be_attached()
    await expect(alice.news).to_have_text("1 new reply")
    assert await alice.top_of(alice.item(scene.replies[4])) == before

    await alice.item(number).scroll_into_view_if_needed()
    await expect(alice.item(number)).to_have_class("comment is-new")
    await expect(alice.news).to_be_hidden()


async def test_what_comes_into_view_at_once_is_not_told_of(scene: Scene) -> None:
    alice = scene.alice
    await alice.composer.scroll_into_view_if_needed()
    number = await scene.bob.comment(scene.post, "Right here")
    await expect(alice.item(number)).to_have_class("comment is-new")
    await expect(alice.news).to_be_hidden()


async def test_one_writes_on_while_replies_arrive(scene: Scene) -> None:
    alice = scene.alice
    await alice.composer.fill("Words under")
    await alice.composer.evaluate("area => area.setSelectionRange(2, 5)")
    await scene.read_from(MANY - 1)
    before = await alice.top_of(alice.composer)

    far = await scene.answer(2, "Far above the window")
    near = await scene.bob.comment(scene.post, "Just above the words")
    await expect(alice.item(far)).to_be_attached()
    await expect(alice.item(near)).to_be_attached()

    await expect(alice.composer).to_be_focused()
    assert await alice.composer.evaluate("area => [area.selectionStart, area.selectionEnd]") == [2, 5]
    assert await alice.top_of(alice.composer) == pytest.approx(before, abs=1)


async def test_a_selection_survives(scene: Scene) -> None:
    alice = scene.alice
    await scene.read_from(10)
    await (
        alice.item(scene.replies[11])
        .locator("p")
        .first.evaluate("element => getSelection().selectAllChildren(element)")
    )
    above = await scene.answer(2, "Far above the window")
    below = await scene.bob.comment(scene.post, "At the end")
    await expect(alice.item(above)).to_be_attached()
    await expect(alice.item(below)).to_be_attached()
    assert await alice.page.evaluate("String(getSelection())") == "Reply 12"


async def test_an_edit_above_moves_nothing(scene: Scene) -> None:
    alice = scene.alice
    await scene.read_from(10)
    before = await alice.top_of(alice.item(scene.replies[10]))
    await scene.bob.edit(scene.replies[4], "\n\n".join(["A paragraph"] * 9))
    await expect(alice.item(scene.replies[4]).locator("p")).to_have_count(9 + 2)
    assert await alice.top_of(alice.item(scene.replies[10])) == pytest.approx(before, abs=1)


async def test_back_leads_to_the_same_place(scene: Scene) -> None:
    alice = scene.alice
    await scene.read_from(12)
    before = await alice.top_of(alice.item(scene.replies[12]))
    await alice.page.goto("/")
    await scene.bob.comment(scene.post, "Meanwhile")
    await alice.page.go_back()
    await alice.is_live()
    await expect(alice.count).to_have_text(f"{MANY + 1} replies")
    assert await alice.top_of(alice.item(scene.replies[12])) == pytest.approx(before, abs=1)


async def test_a_page_that_rested_goes_on_where_it_was(server: Server, cast: Cast) -> None:
    bob = Writer(server, cast.bob)
    post = await bob.post()
    await bob.comments(post, MANY)
    async with async_playwright() as playwright:
        # Playwright turns the back-forward cache off.
        chromium = await launch(playwright, ignore_default_args=["--disable-back-forward-cache"])
        reader = Reader(await chromium.new_page(base_url=server.url))
        await reader.page.goto(post["url"])
        await reader.is_live()
        await reader.page.evaluate("window.rested = true; window.scrollTo(0, 900)")
        await reader.page.goto("/")
        number = await bob.comment(post, "Meanwhile")
        # A page out of that cache does not load, which `go_back` would wait for.
        await reader.page.evaluate("setTimeout(() => history.back())")

        await expect(reader.item(number)).to_be_attached()
        assert await reader.page.evaluate("[window.rested, scrollY]") == [True, 900]
        await reader.is_live()
        await expect(reader.count).to_have_text(f"{MANY + 1} replies")
        await chromium.close()


async def test_a_branch_is_folded_and_opened_by_news(scene: Scene) -> None:
    alice = scene.alice
    await scene.answer(1, "An answer")
    await alice.page.reload()
    await alice.is_live()
    parent = alice.item(scene.replies[1])
    fold = parent.locator("> article [data-action=fold]")
    await fold.click()
    await expect(fold).to_have_attribute("aria-expanded", "false")
    await expect(parent.locator(".comment")).to_be_hidden()

    number = await scene.answer(1, "Another answer")
    await expect(alice.news).to_have_text("1 new reply")
    await alice.news.click()
    await expect(alice.item(number)).to_be_in_viewport()
    await expect(fold).to_have_attribute("aria-expanded", "true")
