"""Hostile texts where they are shown: pages, feeds and JSON hold no node more than with a harmless one."""

from collections import Counter
from xml.etree import ElementTree as ET

import pytest
from hypothesis import strategies as st

from app.database.engine import DB
from tests.api import BASE, shown
from tests.fuzz import texts
from tests.fuzz.markup import active, elements
from tests.fuzz.searching import some
from tests.notifications.doing import do_jobs

ATOM = "{http://www.w3.org/2005/Atom}"
TEXTS = 12

titles = texts.short.map(lambda text: f"A title {text}"[:120])
bodies = st.builds(lambda text: f"Words {text}", texts.short)


@pytest.fixture
async def writer(as_, cast):
    return as_(cast.alice)


async def test_a_thread_shows_hostile_words_and_nothing_else(writer, client, minutes):
    harmless = elements(await page_of(client, await write(writer, "A title", "Words", "Words")))
    assert harmless["link"] > 1
    for title, body, reply in said(3, minutes):
        post = await write(writer, title, body, reply)
        await looked_at(client, post, harmless)
    await assert_quiet_feed(client, "/feed.atom", TEXTS // 2)


async def looked_at(client, post, harmless):
    page = await page_of(client, post)
    assert elements(page) <= harmless, elements(page) - harmless
    await assert_quiet_feed(client, f"/posts/{post['id']}/feed.atom", 0)
    answer = await client.get(f"{BASE}/posts/{post['id']}")
    assert answer.headers["content-type"].startswith("application/json")
    assert not active(shown(answer)["body_html"])


async def test_a_profile_shows_hostile_words_and_nothing_else(writer, client, cast, minutes):
    address = f"{BASE}/users/{cast.alice.id}"
    quiet = {"name": "Alice", "profile": {"display_name": "Alice", "bio": "Words"}}
    shown(await writer.patch(address, json=quiet))
    harmless = elements((await client.get("/@alice")).text)
    taken = 0
    for name, bio in ((name[:80], bio[:500]) for name, bio, _ in said(3, minutes)):
        answer = await writer.patch(address, json={"profile": {"display_name": name, "bio": bio}})
        assert answer.status_code in {200, 422}, answer.text
        taken += answer.status_code == 200
        found = elements((await client.get("/@alice")).text)
        assert found <= harmless, found - harmless
    assert taken > TEXTS // 2


async def test_mails_and_notifications_show_hostile_words_and_nothing_else(writer, as_, cast, minutes):
    bob = as_(cast.bob)
    await DB.fetch("UPDATE users SET activated_at = now() WHERE id = $1", cast.alice.id)
    assert (await writer.patch(f"{BASE}/notification-settings", json={"reply": "at_once"})).status_code == 200
    harmless = await told(writer, bob, "A title", "Words")
    told_of = 0
    for title, reply in said(2, minutes):
        found = await told(writer, bob, title, reply)
        told_of += bool(found)
        assert found <= harmless, found - harmless
    assert told_of > TEXTS // 2


async def told(writer, bob, title: str, reply: str) -> Counter[str]:
    """What is in the mail about a reply, and on the page of its notification."""
    post = await writer.post(f"{BASE}/posts", json={"title": title, "body": "Words", "tags": []})
    if post.status_code == 201:
        await bob.post(f"{BASE}/posts/{post.json()['data']['id']}/comments", json={"body": reply})
    await do_jobs()
    page = await writer.get("/notifications")
    assert page.status_code == 200, page.text
    mails = await DB.fetch("DELETE FROM mails RETURNING subject, html")
    await DB.fetch("DELETE FROM notifications")
    assert not [mail for mail in mails if set(mail["subject"]) & set("\r\n\0")]
    return sum((elements(mail["html"]) for mail in mails), elements(page.text) if mails else Counter())


async def test_a_refused_form_shows_hostile_words_and_nothing_else(writer, minutes):
    first = await writer.post("/posts", data={"title": "", "body": "Words", "tags": ""})
    assert first.status_code == 422
    harmless = elements(first.text)
    for _, body, tags in said(3, minutes):
        answer = await writer.post("/posts", data={"title": "", "body": body, "tags": tags})
        assert answer.status_code == 422, answer.text
        assert elements(answer.text) <= harmless, elements(answer.text) - harmless


async def test_a_search_shows_hostile_words_and_nothing_else(client, minutes):
    harmless = elements((await client.get("/", params={"q": "words"})).text)
    for title, _, _ in said(3, minutes):
        answer = await client.get("/", params={"q": title})
        assert answer.status_code < 500, title
        if answer.status_code == 200:
            assert elements(answer.text) <= harmless, elements(answer.text) - harmless


def said(many: int, minutes: float) -> list[tuple[str, ...]]:
    return some(round(TEXTS * max(1.0, minutes)), st.tuples(titles, *[bodies] * (many - 1)))


async def write(writer, title, body, reply):
    """A post with one reply, as far as they are taken; what is refused is replaced by words."""
    made = await writer.post(f"{BASE}/posts", json={"title": title, "body": body, "tags": []})
    if made.status_code != 201:
        assert made.status_code == 422, made.text
        made = await writer.post(f"{BASE}/posts", json={"title": "A title", "body": "Words", "tags": []})
    post = shown(made, 201)
    answer = await writer.post(f"{BASE}/posts/{post['id']}/comments", json={"body": reply})
    assert answer.status_code in {201, 422}, answer.text
    return post


async def page_of(client, post) -> str:
    answer = await client.get(post["url"])
    assert answer.status_code == 200, answer.text
    return str(answer.text)


async def assert_quiet_feed(client, address: str, least: int) -> None:
    """XML that any reader can read, whose HTML does nothing."""
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    contents = list(ET.fromstring(answer.content).iter(f"{ATOM}content"))
    assert len(contents) >= least
    for content in contents:
        assert content.get("type") == "html"
        assert not active(content.text or "")
