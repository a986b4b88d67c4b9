"""What axe has against a page, in the light and in the dark."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.cast import Member
from tests.serving import Server


async def enter(page: Page, server: Server, member: Member) -> None:
    await page.context.add_cookies([{"name": "hubbub_session", "value": member.token, "url": server.url}])


async def faults(page: Page) -> list[str]:
    """What axe has against the page, theme by theme."""
    found = []
    for theme in ("light", "dark"):
        await page.emulate_media(color_scheme=theme)
        results = await Axe().run(page)
        found += [
            f"{page.url} {theme}: {violation['id']}: {node['html'][:160]} {node['failureSummary']}"
            for violation in results.response["violations"]
            for node in violation["nodes"]
        ]
    return found
