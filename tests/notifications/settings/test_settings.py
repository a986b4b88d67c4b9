"""How each member wants to be told: of what, and whether by mail."""

from app.database.engine import DB
from tests.api import fields, refused, shown
from tests.cast import Cast
from tests.notifications.doing import do_jobs
from tests.notifications.test_replies import told
from tests.writers import open_thread, write

PATH = "/api/v1/notification-settings"
DEFAULT = {
    "reply": "hourly", "mention": "at_once", "reaction": "in_app", "follow": "in_app", "post": "in_app",
    "moderation": "at_once", "weekly_digest": False,
}  # fmt: skip


async def test_what_is_changed_is_kept_and_the_rest_stays(cast: Cast, as_) -> None:
    alice = as_(cast.alice)
    assert shown(await alice.get(PATH)) == DEFAULT
    changed = {"reply": "daily", "weekly_digest": True}
    assert shown(await alice.patch(PATH, json=changed)) == {**DEFAULT, **changed}
    assert shown(await alice.patch(PATH, json={"weekly_digest": False})) == {**DEFAULT, "reply": "daily"}
    assert shown(await as_(cast.bob).get(PATH)) == DEFAULT


async def test_what_is_no_choice_is_refused_and_changes_nothing(cast: Cast, as_, client) -> None:
    alice = as_(cast.alice)
    errors = refused(await alice.patch(PATH, json={"reply": "weekly", "mention": "off"}), 422, "not_a_choice")
    assert fields(errors) == {"reply": "not_a_choice"}
    refused(await alice.patch(PATH, json={"likes": "off"}), 400, "unknown_field")
    assert shown(await alice.get(PATH)) == DEFAULT
    refused(await client.patch(PATH, json={"reply": "off"}), 401, "unauthenticated")
    assert shown(await alice.patch(PATH, json={"reply": "off"}))["reply"] == "off"


async def test_a_kind_that_is_off_is_told_by_the_next_best_reason_or_not_at_all(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    first = await write(cast.bob, post, "First.")
    await do_jobs()
    await as_(cast.bob).patch(PATH, json={"mention": "off"})
    await write(cast.alice, post, "@bob, an answer.", parent_id=first)
    await do_jobs()
    assert [one["kind"] for one in await told(as_, cast.bob)] == ["reply"]
    await as_(cast.bob).patch(PATH, json={"reply": "off"})
    await write(cast.alice, post, "@bob, another.", parent_id=first)
    await do_jobs()
    assert len(await told(as_, cast.bob)) == 1


async def test_the_form_keeps_it_without_javascript(cast: Cast, as_) -> None:
    alice = as_(cast.alice)
    sent = {**dict.fromkeys(DEFAULT, "in_app"), "reply": "daily", "weekly_digest": "true"}
    answer = await alice.post("/settings/notifications", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/settings/notifications?saved=notifications",
    )
    kept = shown(await alice.get(PATH))
    assert (kept["reply"], kept["mention"], kept["weekly_digest"]) == ("daily", "in_app", True)
    page = (await alice.get("/settings/notifications")).text
    assert '<option value="daily" selected>' in page
    await alice.post("/settings/notifications", data={"reply": "daily"})
    assert shown(await alice.get(PATH))["weekly_digest"] is False


async def test_a_form_with_an_unknown_way_comes_back(cast: Cast, as_) -> None:
    answer = await as_(cast.alice).post(
        "/settings/notifications", data={"reply": "never", "mention": "daily"}
    )
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert '<option value="daily" selected>' in answer.text
    assert not await DB.fetch("SELECT FROM notification_settings")
