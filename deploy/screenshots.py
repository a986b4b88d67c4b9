"""Pictures of a Hubbub with people in it, to be looked at after every change of how it looks.

usage: python deploy/screenshots.py              the two pictures of the README, into docs/images: of the demo
       python deploy/screenshots.py --out FOLDER every page at three widths, light and dark

Fails if a page scrolls sideways.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from show import DEMO_MEMBER, ROOT, Show, open_demo, open_show
from small_talk import DEEP, LONG, SHORT

WIDTHS = (360, 768, 1280)
THEMES = ("light", "dark")
HEIGHT = 860
TALLEST = 4000
README_HEIGHT = 1120
NEWEST = "Shall we build an oven for the whole street?"
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


class Scene(NamedTuple):
    """A page: whose session, which address, and what is done there first."""

    name: str
    username: str | None
    path: Callable[[Show], str]
    act: Callable[[Page], None] = lambda _page: None


def main() -> int:
    parser = argparse.ArgumentParser(description="Pictures of Hubbub.")
    parser.add_argument("--out", type=Path, help="a folder for pictures of every page")
    out = parser.parse_args().out
    finder = [sys.executable, str(ROOT / "deploy" / "chromium.py")]
    chromium = subprocess.run(finder, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    with open_show() if out else open_demo() as show, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium or None, args=ARGUMENTS)
        wide = _take_all(show, browser, out) if out else _take_for_readme(show, browser)
        browser.close()
    for line in wide:
        print(line, file=sys.stderr)
    return 1 if wide else 0


def _take_for_readme(show: Show, browser: Browser) -> list[str]:
    images = ROOT / "docs" / "images"
    images.mkdir(parents=True, exist_ok=True)
    for scene, theme in ((FRONT, "light"), (THREAD, "dark")):
        page = _open(show, browser, scene, 1280, theme)
        page.set_viewport_size({"width": 1280, "height": README_HEIGHT})
        page.screenshot(path=images / f"{scene.name}.png")
        page.context.close()
    return []


def _take_all(show: Show, browser: Browser, out: Path) -> list[str]:
    out.mkdir(parents=True, exist_ok=True)
    wide = []
    for scene in SCENES:
        for width in WIDTHS:
            for theme in THEMES:
                page = _open(show, browser, scene, width, theme)
                _take(page, out / f"{scene.name}-{width}-{theme}.png")
                if page.evaluate("document.scrollingElement.scrollWidth") > width:
                    wide.append(f"{scene.name} scrolls sideways at {width} px.")
                page.context.close()
    return wide


def _take(page: Page, path: Path) -> None:
    height = min(TALLEST, int(page.evaluate("document.scrollingElement.scrollHeight")))
    # A picture of the full page would forget that a phone has no pointer.
    page.set_viewport_size({"width": page.viewport_size["width"], "height": max(HEIGHT, height)})
    page.screenshot(path=path)


def _open(show: Show, browser: Browser, scene: Scene, width: int, theme: str) -> Page:
    context = browser.new_context(
        base_url=show.address, viewport={"width": width, "height": HEIGHT}, color_scheme=theme,
        reduced_motion="reduce", is_mobile=width < 400, has_touch=width < 400, locale="en-GB",
    )  # fmt: skip
    _sign_in(context, show, scene.username)
    page = context.new_page()
    page.goto(scene.path(show))
    scene.act(page)
    status = page.locator("live-status")
    if status.count():
        page.locator("live-status[data-state=live]:not([hidden])").wait_for()
    return page


def _sign_in(context: BrowserContext, show: Show, username: str | None) -> None:
    if username:
        cookie = {"name": "hubbub_session", "value": show.sessions[username], "url": show.address}
        context.add_cookies([cookie])


def _of(title: str) -> Callable[[Show], str]:
    return lambda show: str(show.threads[title]["url"])


def _open_newest(page: Page) -> None:
    """The thread that the demo's people talk in just now."""
    page.get_by_role("link", name=NEWEST).first.click()
    page.locator("live-thread").wait_for()


def _write_reply(page: Page) -> None:
    page.locator("#write textarea").fill(
        "The window sill was my mistake.\n\nIt is **four degrees** there at night."
    )


def _open_reply(page: Page) -> None:
    page.get_by_role("link", name="Reply", exact=True).nth(1).click()
    page.get_by_label("Reply to").fill("Every eleven, when nobody looks.")


def _follow_branch(page: Page) -> None:
    page.get_by_role("link", name="Continue this branch").click()
    page.locator("[data-branch]").wait_for()


def _write_first(page: Page) -> None:
    page.locator("#write textarea").fill("A tea towel over the jar is enough.")
    page.get_by_role("button", name="Post reply").click()
    page.wait_for_url("**/sign-up*")


def _leave_out_much(page: Page) -> None:
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Email").fill("alice at home")
    page.get_by_role("button", name="Sign up").click()
    page.locator(".field-error").first.wait_for()


def _mistype(page: Page) -> None:
    page.get_by_label("Email").fill("alice@example.org")
    page.get_by_label("Password").fill("not the kettle")
    page.get_by_role("button", name="Sign in").click()
    page.locator(".notice, .field-error").first.wait_for()


def _forget_the_title(page: Page) -> None:
    page.get_by_label("Text").fill("All that I wanted to say, and no title yet.")
    page.get_by_role("button", name="Publish post").click()
    page.locator(".field-error").first.wait_for()


FRONT = Scene("front", DEMO_MEMBER, lambda _show: "/")
THREAD = Scene("thread", DEMO_MEMBER, lambda _show: "/", _open_newest)

SCENES = (
    Scene("front", "alice", lambda _show: "/"),
    Scene("thread-short", "alice", _of(SHORT.title)),
    Scene("front-anonymous", None, lambda _show: "/?sort=recent"),
    Scene("front-tag", "alice", lambda _show: "/tags/bread"),
    Scene("front-nothing", None, lambda _show: "/tags/gardens"),
    Scene("thread-anonymous", None, _of(SHORT.title)),
    Scene("thread-deep", "alice", _of(DEEP.title)),
    Scene("thread-long", "ruth_b", _of(LONG.title)),
    Scene("thread-own", "ines", _of(SHORT.title)),
    Scene("thread-writing", "alice", _of(SHORT.title), _write_reply),
    Scene("thread-replying", "alice", _of(SHORT.title), _open_reply),
    Scene("branch", "alice", _of(DEEP.title), _follow_branch),
    Scene("composer", "alice", lambda _show: "/posts/new"),
    Scene("composer-refused", "alice", lambda _show: "/posts/new", _forget_the_title),
    Scene("sign-up", None, lambda _show: "/sign-up"),
    Scene("sign-up-waiting", None, _of(SHORT.title), _write_first),
    Scene("sign-up-refused", None, lambda _show: "/sign-up", _leave_out_much),
    Scene("sign-in", None, lambda _show: "/sign-in"),
    Scene("sign-in-refused", None, lambda _show: "/sign-in", _mistype),
    Scene("profile", "alice", lambda _show: "/@ines"),
    Scene("profile-comments", "alice", lambda _show: "/@alice/comments"),
    Scene("settings", "alice", lambda _show: "/settings"),
    Scene("settings-look", "alice", lambda _show: "/settings/look"),
    Scene("error-404", None, lambda _show: "/posts/999999/gone"),
)


if __name__ == "__main__":
    sys.exit(main())
