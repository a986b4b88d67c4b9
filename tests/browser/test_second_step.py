"""Signing in with a code: with JavaScript and without, at 360 and 1280."""

import pytest
from playwright.async_api import Browser, expect

from tests.cast import PASSWORD, Cast
from tests.second_factor import RECOVERY, turn_on
from tests.serving import Server


@pytest.mark.parametrize(("scripts", "width"), [(True, 360), (False, 1280)])
async def test_a_code_is_asked_for_after_the_password(
    browser: Browser, server: Server, cast: Cast, *, scripts: bool, width: int
) -> None:
    app = await turn_on(cast.alice)
    context = await browser.new_context(
        base_url=server.url, java_script_enabled=scripts, viewport={"width": width, "height": 800}
    )
    page = await context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if "Policy" in said.text else None)
    complaints: list[str] = []
    await page.goto("/sign-in?next=/settings/two-factor")
    await page.get_by_label("Email").fill(cast.alice.email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("main").get_by_role("button", name="Sign in").click()
    code = page.get_by_label("Code")
    await expect(code).to_be_focused()
    await expect(code).to_have_attribute("autocomplete", "one-time-code")
    assert PASSWORD not in await page.content()
    await code.fill(app.wrong())
    await code.press("Enter")
    await expect(page.locator("[aria-invalid]")).to_be_focused()
    await code.fill(RECOVERY[0] if scripts else app.code())
    await code.press("Enter")
    await page.wait_for_url("**/settings/two-factor")
    await expect(page.get_by_text("2 recovery codes" if scripts else "3 recovery codes")).to_be_visible()
    assert complaints == []
    await context.close()
