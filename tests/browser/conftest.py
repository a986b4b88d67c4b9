"""A real Chromium, and pages in it for whoever reads: each in a context of its own."""

# This file is loaded before the services stand; to import the application then is to read the wrong settings.
from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import Browser, BrowserContext, Error, Page, Playwright, async_playwright

from tests.browser.reading import Reader

if TYPE_CHECKING:
    from tests.cast import Member
    from tests.serving import Server

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

CLOSE_SECONDS = 20

Opens = Callable[..., Awaitable[Reader]]


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium: the one that CHROMIUM names, or Playwright's own."""
    async with async_playwright() as playwright:
        chromium = await launch(playwright)
        yield chromium
        await chromium.close()


async def launch(playwright: Playwright, **options: Any) -> Browser:
    path = os.environ.get("CHROMIUM") or None
    try:
        return await playwright.chromium.launch(executable_path=path, args=FLAGS, **options)
    except Error as error:
        pytest.fail(
            "The browser tests need a Chromium: run `playwright install chromium`, or let the variable "
            f"CHROMIUM name one. {error.message.splitlines()[0]}",
            pytrace=False,
        )


async def leave(context: BrowserContext) -> None:
    """Close it. Chromium now and then does not answer while a page is under way, and then ends with it still open."""
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await context.close()


@pytest.fixture
async def read(browser: Browser, server: Server) -> AsyncIterator[Opens]:
    """`await read("/", cast.alice)` is that page as alice sees it; no member is somebody without an account.

    When the test ends, no page of it may have had an error: a violated Content-Security-Policy is one, and so
    is a frame on its socket that /api/asyncapi.json does not describe.
    """
    from tests.frames import check_said  # noqa: PLC0415  # see the top of this file

    readers: list[Reader] = []

    async def open_page(
        path: str, member: Member | None = None, at: Server = server, **options: Any
    ) -> Reader:
        context = await browser.new_context(base_url=at.url, **options)
        if member is not None:
            await context.add_cookies([{"name": "hubbub_session", "value": member.token, "url": at.url}])
        reader = Reader(await context.new_page())
        readers.append(reader)
        await reader.page.goto(path)
        return reader

    yield open_page
    for reader in readers:
        await leave(reader.page.context)
    assert [error for reader in readers for error in reader.errors] == []
    for text in (text for reader in readers for text in reader.told):
        check_said(json.loads(text))


@pytest.fixture
async def page(browser: Browser, server: Server) -> AsyncIterator[Page]:
    """A page into which axe may come; the policy of ours lets nobody else's script in."""
    context = await browser.new_context(base_url=server.url, bypass_csp=True, reduced_motion="reduce")
    yield await context.new_page()
    await leave(context)
