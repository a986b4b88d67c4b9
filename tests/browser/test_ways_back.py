"""The ways back in and out for good, by keyboard, and without JavaScript."""

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from app.accounts.addresses import links as addresses
from app.accounts.addresses.services import ask_for_email
from app.accounts.resets import links as resets
from app.accounts.security.schemas import EmailChange
from app.database.engine import DB
from tests.browser.conftest import Opens
from tests.browser.faults import enter, faults
from tests.browser.keys import enter_text, press, tab_to
from tests.cast import PASSWORD, Cast
from tests.serving import Server

NEW = "another long pass phrase"

with_and_without = pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}])


@with_and_without
async def test_one_forgets_a_password_and_sets_another(
    read: Opens, cast: Cast, options: dict[str, Any]
) -> None:
    nobody = await read("/sign-in", None, **options)
    page, keys = nobody.page, nobody.page.keyboard
    await press(nobody, page.get_by_role("link", name="I forgot my password"))
    await enter_text(nobody, "Email", cast.alice.email)
    await keys.press("Enter")
    await expect(page.locator("h1")).to_have_text("Look into your mail")
    issued = await resets.issue(cast.alice.email, "by mail")
    assert issued
    await page.goto(f"/password-resets/{issued.token}")
    await enter_text(nobody, "The new password", "short")
    await keys.press("Enter")
    await expect(page.locator(".field-error")).to_be_visible()
    await enter_text(nobody, "The new password", NEW)
    await keys.press("Enter")
    await expect(page.locator(".notice.is-ok")).to_contain_text("Your new password is kept")
    await enter_text(nobody, "Email", cast.alice.email)
    await enter_text(nobody, "Password", NEW)
    await keys.press("Enter")
    await expect(page.get_by_role("link", name="Settings")).to_be_visible()


@with_and_without
async def test_one_confirms_a_new_address(read: Opens, cast: Cast, options: dict[str, Any]) -> None:
    await ask_for_email(cast.alice.viewer, EmailChange(password=PASSWORD, email="al@example.org"))
    (change,) = await DB.fetch("SELECT id FROM email_changes")
    issued = await addresses.issue(change["id"])
    assert issued
    alice = await read(f"/email-changes/{issued.token}", cast.alice, **options)
    await press(alice, alice.page.get_by_role("button", name="Yes, use it"))
    await expect(alice.page.locator(".notice.is-ok")).to_contain_text("This is your address now")
    await expect(alice.page.get_by_role("textbox", name="Email")).to_have_value("al@example.org")


@with_and_without
async def test_one_leaves_for_good(read: Opens, cast: Cast, options: dict[str, Any]) -> None:
    alice = await read("/settings", cast.alice, **options)
    page, keys = alice.page, alice.page.keyboard
    await press(alice, page.get_by_role("navigation", name="Settings").get_by_role("link", name="Account"))
    await tab_to(alice, page.get_by_label("It stays"))
    await keys.press("ArrowDown")
    await expect(page.get_by_label("It goes too")).to_be_checked()
    await enter_text(alice, "Your password", PASSWORD)
    await press(alice, page.get_by_role("button", name="Delete my account"))
    await expect(page.locator("h1")).to_have_text("Your account is deleted")
    await expect(page.get_by_role("link", name="Sign in")).to_be_visible()


@with_and_without
async def test_one_takes_the_first_steps_and_skips_the_rest(
    read: Opens, cast: Cast, options: dict[str, Any]
) -> None:
    alice = await read("/", cast.alice, **options)
    await press(alice, alice.page.get_by_role("link", name="your first steps"))
    await expect(alice.page.locator("h1")).to_have_text("Make yourself at home")
    await press(alice, alice.page.get_by_role("button", name="That is enough for now"))
    await expect(alice.page).to_have_url(re.compile(r":\d+/$"))
    await expect(alice.page.locator(".steps-strip")).to_have_count(0)


async def test_axe_finds_nothing_behind_mailed_links(page: Page, server: Server, cast: Cast) -> None:
    reset = await resets.issue(cast.alice.email, "by mail")
    await ask_for_email(cast.alice.viewer, EmailChange(password=PASSWORD, email="al@example.org"))
    (change,) = await DB.fetch("SELECT id FROM email_changes")
    issued = await addresses.issue(change["id"])
    assert reset
    assert issued
    await enter(page, server, cast.alice)
    tokens = (f"/password-resets/{reset.token}", f"/email-changes/{issued.token}", "/email-changes/none")
    for path in (*tokens, "/settings/email"):
        await page.goto(path)
        assert await faults(page) == []
