"""Piccolo Admin in a real browser, under our policy: the fixture fails for any error in the console."""

from playwright.async_api import expect

from app.database.engine import Engine
from tests.browser.conftest import Opens
from tests.cast import Cast


async def test_an_admin_finds_the_tables_and_their_rows(read: Opens, cast: Cast) -> None:
    ada = await read("/admin/", cast.ada)
    await expect(ada.page).to_have_title("Hubbub")
    for table in ("users", "posts", "comments", "admin changes", "outbox"):
        await expect(ada.page.locator(".table_list").get_by_text(table, exact=True)).to_be_visible()
    await ada.page.locator(".table_list").get_by_text("users", exact=True).click()
    await expect(ada.page.locator(".table_wrapper tbody tr")).to_have_count(5)
    await expect(ada.page.locator(".table_wrapper tbody")).to_contain_text("mallory")


async def test_only_what_can_be_done_is_offered(read: Opens, cast: Cast) -> None:
    ada = await read("/admin/#/users/", cast.ada)
    await expect(ada.page.locator(".table_wrapper tbody tr")).to_have_count(5)
    await expect(ada.page.get_by_text("Add Row")).to_be_hidden()
    await ada.page.locator("#user").click()
    await expect(ada.page.get_by_text("Dark Mode")).to_be_visible()
    for what in ("Log Out", "Change Password", "MFA Setup"):
        await expect(ada.page.get_by_text(what)).to_be_hidden()


async def test_it_wears_our_colours(read: Opens, cast: Cast) -> None:
    ada, home = await read("/admin/", cast.ada), await read("/", cast.ada)
    look = "element => getComputedStyle(element).backgroundColor"
    ours = await home.page.locator("html").evaluate(look)
    assert await ada.page.locator("body").evaluate(look) == ours
    await expect(ada.page.locator(".light_mode")).to_have_css("background-color", ours)


async def test_a_role_is_changed_in_its_form_and_stands_in_the_record(
    read: Opens, cast: Cast, database: Engine
) -> None:
    ada = await read(f"/admin/#/users/{cast.bob.id}/", cast.ada)
    await ada.page.locator("select[name=role]").select_option("moderator")
    await ada.page.locator("textarea[name=admin_notes]").first.fill("Writes well.")
    await ada.page.get_by_role("button", name="Save").click()
    await expect(ada.page.locator("#message_popup")).to_contain_text("Successfully saved row")
    (bob,) = await database.fetch("SELECT role, admin_notes FROM users WHERE id = $1", cast.bob.id)
    assert dict(bob) == {"role": "moderator", "admin_notes": "Writes well."}
    await ada.page.goto("/admin/#/admin_changes/")
    await expect(ada.page.locator(".table_wrapper tbody tr")).to_have_count(1)
    await expect(ada.page.locator(".table_wrapper tbody")).to_contain_text('"role": "moderator"')
