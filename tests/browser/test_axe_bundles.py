"""axe finds nothing on the pages that others' bundles draw either: Piccolo Admin and Swagger UI."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.faults import enter, faults
from tests.browser.writing import Writer
from tests.cast import Cast
from tests.serving import Server

TABLES = [
    "users", "profiles", "sessions", "admin_changes", "posts", "post_revisions", "comments",
    "comment_revisions", "reactions", "tags", "uploads", "counter_checks", "channels", "outbox",
]  # fmt: skip


@pytest.fixture
async def panel(page: Page, server: Server, cast: Cast) -> Page:
    """Piccolo Admin before ada, of a community in which something was said."""
    bob = Writer(server, cast.bob)
    post = await bob.post()
    comment = await bob.comment(post, "Rye.")
    await bob.edit(comment, "Rye, in fact.")
    await bob.react("comments", comment, "love")
    await enter(page, server, cast.ada)
    await page.goto("/admin/")
    await page.locator(".table_list").first.wait_for()
    return page


async def test_the_first_page_and_its_menu(panel: Page) -> None:
    assert await faults(panel) == []
    await panel.locator("#user").click()
    await panel.get_by_text("Dark Mode").wait_for()
    assert await faults(panel) == []


@pytest.mark.parametrize("table", TABLES)
async def test_a_list_with_its_filters(panel: Page, table: str) -> None:
    await panel.goto(f"/admin/#/{table}/")
    await panel.locator("#result_count, .table_wrapper").first.wait_for()
    await panel.get_by_role("button", name="Show Filters").click()
    await panel.locator(".right_column form").wait_for()
    assert await faults(panel) == []


async def test_its_dialogs(panel: Page) -> None:
    await panel.goto("/admin/#/posts/")
    await panel.locator(".table_wrapper tbody tr").first.wait_for()
    for name in ("Sort", "Export CSV"):
        await panel.get_by_role("button", name=name).click()
        await panel.get_by_role("dialog").wait_for()
        assert await faults(panel) == []
        await panel.get_by_role("dialog").get_by_role("link", name="Close").click()
        await expect(panel.get_by_role("dialog")).to_have_count(0)


async def test_a_form_and_what_it_answers(panel: Page, cast: Cast) -> None:
    await panel.goto(f"/admin/#/users/{cast.bob.id}/")
    await panel.get_by_label("Role", exact=True).select_option("moderator")
    assert await faults(panel) == []
    await panel.get_by_role("button", name="Save").click()
    await panel.locator("#message_popup").wait_for()
    assert await faults(panel) == []
    await panel.goto("/admin/#/admin_changes/")
    await panel.locator(".table_wrapper tbody tr").first.wait_for()
    assert await faults(panel) == []


async def test_a_row_that_is_only_shown(panel: Page) -> None:
    await panel.goto("/admin/#/posts/")
    await panel.locator(".table_wrapper tbody td a").first.click()
    await panel.get_by_label("Title", exact=True).wait_for()
    assert await faults(panel) == []


@pytest.fixture
async def reference(page: Page, cast: Cast) -> Page:
    await page.goto("/api/docs")
    await page.locator(".opblock").last.wait_for()
    return page


async def test_the_reference_of_the_api(reference: Page) -> None:
    assert await faults(reference) == []


async def test_what_one_opens_and_tries_there(reference: Page) -> None:
    block = reference.locator("[id$='create_post']")
    await block.get_by_role("button").first.click()
    await block.locator(".responses-inner").wait_for()
    block = reference.locator("[id$='list_posts']")
    await block.get_by_role("button").first.click()
    await block.get_by_role("button", name="Try it out").click()
    await block.get_by_role("button", name="Execute").click()
    await block.locator(".live-responses-table").wait_for()
    assert await faults(reference) == []


async def test_the_schemas_laid_open(reference: Page) -> None:
    await reference.get_by_role("button", name="Schemas").click()
    await reference.get_by_role("button", name="Author", exact=True).click()
    await reference.get_by_text("username", exact=True).first.wait_for()
    assert await faults(reference) == []


async def test_where_one_says_who_one_is(reference: Page) -> None:
    await reference.get_by_role("button", name="Authorize").click()
    await reference.get_by_role("dialog").get_by_label("Value").first.wait_for()
    assert await faults(reference) == []
