"""Somebody who reads and writes in a browser."""

from typing import Any

from playwright.async_api import ConsoleMessage, Locator, Page, Route, expect

expect.set_options(timeout=15_000)

# What Chromium itself says of requests that a test made fail, or of a server that was killed.
OF_THE_NETWORK = ("Failed to load resource", "WebSocket connection to")


class Reader:
    """A page, what stands on it, and the errors that it had."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        # What the server said on the page's sockets, as text.
        self.told: list[str] = []
        page.on("websocket", lambda socket: socket.on("framereceived", self._note))
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _note(self, frame: str | bytes) -> None:
        self.told.append(frame if isinstance(frame, str) else frame.decode())

    @property
    def status(self) -> Locator:
        return self.page.locator("live-status")

    @property
    def count(self) -> Locator:
        return self.page.locator("main [data-slot=comments-count]")

    @property
    def news(self) -> Locator:
        return self.page.locator(".news-line [data-slot=news]")

    @property
    def composer(self) -> Locator:
        return self.page.locator("#write textarea")

    def comment(self, words: str) -> Locator:
        """The comments that say this, their replies not included."""
        article = self.page.locator("article").filter(has_text=words)
        return self.page.locator(".comment").filter(has=article).locator("> article", has_text=words)

    def item(self, comment_id: int) -> Locator:
        return self.page.locator(f"#comment-{comment_id}")

    async def is_live(self) -> None:
        await expect(self.status).to_have_text("Live")

    async def reply(self, words: str) -> None:
        await self.composer.fill(words)
        await self.page.locator("#write button", has_text="Post reply").click()

    async def hurry(self) -> None:
        """Try to connect now, as when the network is back, rather than after the pause."""
        await self.page.evaluate("dispatchEvent(new Event('online'))")

    async def order(self) -> list[int]:
        """The ids of the comments as they stand on the page."""
        items = await self.page.locator(".comment").all()
        return [int(await item.get_attribute("data-comment") or 0) for item in items]

    async def top_of(self, locator: Locator) -> float:
        """Where it stands in the window."""
        return float(await locator.evaluate("element => element.getBoundingClientRect().top"))

    async def fail_posts(self, status: int | None = None, **answer: Any) -> None:
        """Let no reply reach the server: no connection at all, or this answer."""

        async def refuse(route: Route) -> None:
            if route.request.method != "POST":
                await route.fallback()
            elif status is None:
                await route.abort("connectionfailed")
            else:
                await route.fulfill(status=status, **answer)

        await self.page.route("**/api/v1/posts/*/comments", refuse)

    async def let_posts(self) -> None:
        await self.page.unroute("**/api/v1/posts/*/comments")

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(OF_THE_NETWORK):
            self.errors.append(message.text)
