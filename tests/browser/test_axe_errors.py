"""axe finds nothing on any page that says why something was refused, or broke."""

import asyncio
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest
from playwright.async_api import Browser, Page, Route

from app.database.engine import DB, Engine
from app.settings import settings
from tests.browser.faults import enter, faults
from tests.browser.writing import Writer
from tests.cast import Cast
from tests.serving import Server
from tests.waiting import eventually

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
# What alice sends, as what kind, to where; `{post}` is bob's. A 409 shows its form again.
REFUSED: dict[int, tuple[str, str, str]] = {
    400: ("no part of any form", MULTIPART, "/sign-in"),
    401: ("no part of any form", MULTIPART, "/settings/avatar"),
    403: ("", FORM, "/posts/{post}/removal"),
    404: ("", FORM, "/posts/999999/removal"),
    413: ("a" * 300_000, FORM, "/sign-in"),
    422: ("kind=shrug", FORM, "/posts/{post}/reactions"),
}


@pytest.mark.parametrize("status", REFUSED)
async def test_what_was_refused(page: Page, server: Server, cast: Cast, status: int) -> None:
    post = await Writer(server, cast.bob).post()
    if status != 401:
        await enter(page, server, cast.alice)
    body, kind, path = REFUSED[status]

    async def send(route: Route) -> None:
        headers = {**route.request.headers, "content-type": kind, "origin": server.url}
        await route.continue_(method="POST", headers=headers, post_data=body)

    address = path.format(post=post["id"])
    await page.route(f"**{address}", send)
    answer = await page.goto(address)
    assert answer
    assert (answer.status, await page.locator(".error-status").text_content()) == (status, str(status))
    assert await faults(page) == []


async def test_an_address_that_only_takes_what_is_sent(page: Page) -> None:
    answer = await page.goto("/sign-out")
    assert answer
    assert answer.status == 405
    assert await faults(page) == []


@pytest.fixture
async def broken(database: Engine) -> AsyncIterator[None]:
    """No post can be written: the database raises what nobody expects."""
    async with database.transaction():
        await database.execute(
            """CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$;
            CREATE TRIGGER break BEFORE INSERT ON posts FOR EACH ROW EXECUTE FUNCTION break();"""
        )
    yield
    await database.fetch("DROP FUNCTION break CASCADE")


@pytest.mark.usefixtures("broken")
async def test_a_fault_of_ours(page: Page, server: Server, cast: Cast) -> None:
    await enter(page, server, cast.alice)
    await page.goto("/posts/new")
    await page.get_by_label("Title").fill("Soon lost?")
    await page.get_by_label("Text", exact=True).fill("No.")
    await page.get_by_role("button", name="Publish post").click()
    await page.locator(".error-status", has_text="500").wait_for()
    assert await faults(page) == []


async def test_a_database_that_does_not_answer(
    browser: Browser, serve: Callable[..., Server], cast: Cast
) -> None:
    small = serve(pool_size=2, pool_timeout_ms=200)
    context = await browser.new_context(base_url=small.url, bypass_csp=True, reduced_motion="reduce")
    page = await context.new_page()
    other = await asyncpg.connect(settings.database_url)
    async with small.client() as client:
        async with other.transaction():
            await other.execute("LOCK TABLE posts")
            waiting = [asyncio.create_task(client.get("/", timeout=60)) for _ in range(2)]
            await eventually(_all_wait, "both connections wait for the lock")
            answer = await page.goto("/")
            assert answer
            assert answer.status == 503
            assert await faults(page) == []
        await asyncio.gather(*waiting)
    await other.close()
    await context.close()


async def _all_wait() -> bool:
    rows = await DB.fetch("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'posts'::regclass")
    return bool(rows[0][0] == 2)
