"""The front page: new posts are told of and move nothing; known ones change where they stand."""

from collections.abc import Callable

from playwright.async_api import expect

from app.database.engine import Engine
from app.posts.removing import remove_post
from app.posts.schemas import NewPost, PostChange
from app.posts.services import edit_post, publish_post
from tests.browser.conftest import Opens
from tests.browser.writing import Writer
from tests.cast import Cast
from tests.serving import Server


async def test_new_posts_are_a_line_that_moves_nothing(read: Opens, server: Server, cast: Cast) -> None:
    bob = Writer(server, cast.bob)
    await bob.post("The first post")
    carol = await read("/")
    row = carol.page.locator(".post-row")
    await carol.is_live()
    before = await carol.top_of(row)

    await bob.post("The second post")
    await expect(carol.news).to_have_text("1 new post")
    await bob.post("The third post")
    await expect(carol.news).to_have_text("2 new posts")
    await expect(row).to_have_count(1)
    assert await carol.top_of(row) == before

    await carol.news.click()
    await expect(carol.page.locator(".post-row").first).to_contain_text("The third post")
    await expect(carol.news).to_be_hidden()


async def test_known_posts_change_in_place(read: Opens, server: Server, cast: Cast) -> None:
    bob = Writer(server, cast.bob)
    post = await bob.post("The first post")
    carol = await read("/")
    row = carol.page.locator(".post-row")
    await carol.is_live()

    await bob.edit_post(post, title="A better title", body="Better words.")
    await expect(row.locator("[data-slot=title]")).to_have_text("A better title")
    await expect(row.locator("[data-slot=excerpt]")).to_have_text("Better words.")

    await bob.remove_post(post)
    await expect(row).to_contain_text("This post was removed.")
    await bob.restore_post(post)
    await expect(row.locator("[data-slot=excerpt]")).to_have_text("Better words.")


async def test_a_page_that_lost_its_place_looks_again(
    read: Opens, serve: Callable[..., Server], database: Engine, cast: Cast
) -> None:
    server = serve()
    bob = Writer(server, cast.bob)
    kept, removed = await bob.post("The first post"), await bob.post("The second post")
    carol = await read("/", at=server)
    await carol.is_live()

    server.kill()
    await edit_post(cast.bob.viewer, kept["id"], PostChange(title="A better title"))
    await remove_post(cast.bob.viewer, removed["id"])
    await publish_post(cast.bob.viewer, NewPost(title="The third post", body="Words."))
    await database.fetch("DELETE FROM events WHERE channel = 'posts'")
    await database.fetch("UPDATE channels SET floor = seq WHERE name = 'posts'")
    server.start()
    await carol.hurry()

    await carol.is_live()
    await expect(carol.news).to_have_text("1 new post")
    rows = carol.page.locator(".post-row")
    await expect(rows.filter(has_text="A better title")).to_be_visible()
    await expect(rows.filter(has_text="The second post")).to_contain_text("This post was removed.")


async def test_a_new_post_that_goes_again_is_not_told_of(read: Opens, server: Server, cast: Cast) -> None:
    bob = Writer(server, cast.bob)
    await bob.post("The first post")
    carol = await read("/")
    await carol.is_live()
    post = await bob.post("Soon gone")
    await expect(carol.news).to_have_text("1 new post")
    await bob.remove_post(post)
    await expect(carol.news).to_be_hidden()
