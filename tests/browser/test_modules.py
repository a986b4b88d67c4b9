"""The unit tests of the browser code, run in the browser that they are for; `node --test tests/js` runs them too."""

import json
from pathlib import Path

from playwright.async_api import Browser, Route, expect

ROOT = Path(__file__).parent.parent.parent
TYPES = {".html": "text/html", ".js": "text/javascript"}


async def test_the_modules_pass_their_own_tests(browser: Browser) -> None:
    page = await browser.new_page()
    await page.route("http://modules.test/**", _serve_file)
    await page.goto("http://modules.test/tests/js/run.html")
    body = page.locator("body[data-outcome]")
    await expect(body).to_be_attached()
    outcome = json.loads(await body.get_attribute("data-outcome") or "")
    await page.close()
    assert outcome["failed"] == []
    written = sum(path.read_text().count("\ntest(") for path in (ROOT / "tests/js").glob("*.test.js"))
    assert len(outcome["passed"]) >= written > 0


async def _serve_file(route: Route) -> None:
    path = ROOT / route.request.url.removeprefix("http://modules.test/")
    await route.fulfill(body=path.read_bytes(), content_type=TYPES[path.suffix])
