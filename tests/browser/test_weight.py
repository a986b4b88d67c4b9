"""What a first visit costs, and that nothing on the page jumps."""

import json
from typing import Any

from playwright.async_api import expect

from tests.browser.conftest import Opens
from tests.browser.writing import Writer
from tests.cast import Cast
from tests.serving import Server

MOST_BYTES = 50_000
MOST_SHIFT = 0.01
WORDS = (
    "The oven has to be hot before the dough goes in; that took me three winters to learn.",
    "I let mine rise over night, beside the stove, with a damp cloth over the bowl.",
    "My grandmother used a stone from the river. It cracked in the second year, and she laughed.",
    "Does that also work with spelt? Last time it fell apart as soon as I touched it.",
    "Salt at the end, never at the beginning. Try it once and tell me what you find.",
    "Thank you, I will try that on Saturday and report.",
    "We have a mill two villages on; they grind while one waits and tell all the news.",
)
WATCH = """
window.shift = 0;
window.shifts = [];
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  window.shift += entry.value;
  window.shifts.push(entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 80)));
})).observe({ type: "layout-shift", buffered: true });
"""


async def long_thread(server: Server, cast: Cast, count: int = 100) -> dict[str, Any]:
    """A thread of five people, some of them in answer to another, each with words of their own."""
    members = (cast.alice, cast.bob, cast.mallory, cast.mona, cast.ada)
    writers = [Writer(server, member) for member in members]
    post = await writers[0].post(body="\n\n".join(WORDS))
    made: list[int] = []
    for number in range(count):
        words = f"{WORDS[number % 7]} {WORDS[(number * 3 + number // 7) % 7]} {number}"
        parent = made[number * 7 % len(made)] if number % 3 else None
        made.append(await writers[number * 3 % 5].comment(post, words, parent))
    return post


async def test_a_first_visit_of_a_long_thread_is_light(read: Opens, server: Server, cast: Cast) -> None:
    post = await long_thread(server, cast)
    carol = await read("about:blank")
    devtools = await carol.page.context.new_cdp_session(carol.page)
    answers: dict[str, str] = {}
    sizes: dict[str, int] = {}
    devtools.on("Network.responseReceived", lambda event: answers.update(_image_or_not(event)))
    devtools.on(
        "Network.loadingFinished",
        lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}),
    )
    await devtools.send("Network.enable")
    await carol.page.goto(post["url"], wait_until="networkidle")
    await expect(carol.page.locator(".comment")).to_have_count(100)
    await carol.is_live()
    weights = {answers[number]: int(size) for number, size in sizes.items() if number in answers}
    assert len(weights) > 2
    assert sum(weights.values()) <= MOST_BYTES, json.dumps(weights, indent=1)


async def test_nothing_jumps_on_a_thread(read: Opens, server: Server, cast: Cast) -> None:
    post = await long_thread(server, cast, 12)
    carol = await read("about:blank")
    await carol.page.add_init_script(WATCH)
    await carol.page.goto(post["url"])
    await carol.is_live()
    await Writer(server, cast.bob).comment(post, "New while she reads")
    await expect(carol.comment("New while she reads")).to_be_attached()
    await expect(carol.page.locator(".news-line")).to_be_visible()
    await expect(carol.count).to_have_text("13 replies")
    assert await carol.page.evaluate("window.shift") < MOST_SHIFT, await carol.page.evaluate("window.shifts")


async def test_nothing_jumps_on_the_front_page(read: Opens, server: Server, cast: Cast) -> None:
    bob = Writer(server, cast.bob)
    for number in range(6):
        await bob.post(f"Post number {number}", " ".join(WORDS))
    carol = await read("about:blank")
    await carol.page.add_init_script(WATCH)
    await carol.page.goto("/")
    await carol.is_live()
    await bob.post("One more")
    await expect(carol.news).to_have_text("1 new post")
    assert await carol.page.evaluate("window.shift") < MOST_SHIFT, await carol.page.evaluate("window.shifts")


def _image_or_not(event: Any) -> dict[str, str]:
    return {} if event["type"] == "Image" else {event["requestId"]: event["response"]["url"]}
