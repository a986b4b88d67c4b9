"""Read and unread: one's own alone, on every page and device of one's."""

from app.accounts.viewer import MOST
from app.database.engine import DB
from tests.api import refused, shown
from tests.cast import Cast, Member
from tests.live_client import LiveClient
from tests.notifications.doing import do_jobs
from tests.writers import open_thread, write

PATH = "/api/v1/notifications"


async def two_of_alice(cast: Cast) -> list[int]:
    post = await open_thread(cast.alice)
    for words in ("One.", "Two."):
        await write(cast.bob, post, words)
    await do_jobs()
    return await ids_of(cast.alice)


async def ids_of(member: Member) -> list[int]:
    rows = await DB.fetch('SELECT id FROM notifications WHERE "user" = $1 ORDER BY id', member.id)
    return [row["id"] for row in rows]


async def test_one_is_read_and_unread_again(cast: Cast, as_) -> None:
    first, second = await two_of_alice(cast)
    alice = as_(cast.alice)
    assert shown(await alice.patch(f"{PATH}/{first}", json={"read": True}))["read_at"]
    assert [one["id"] for one in shown(await alice.get(f"{PATH}?unread=true"))] == [second]
    assert [one["id"] for one in shown(await alice.get(PATH))] == [second, first]
    assert shown(await alice.patch(f"{PATH}/{first}", json={"read": False}))["read_at"] is None
    assert [one["id"] for one in shown(await alice.get(f"{PATH}?unread=true"))] == [second, first]


async def test_anothers_is_not_found(cast: Cast, as_) -> None:
    first, _ = await two_of_alice(cast)
    refused(await as_(cast.mallory).patch(f"{PATH}/{first}", json={"read": True}), 404, "not_found")
    assert (await as_(cast.mallory).post(f"/notifications/{first}", data={"read": "true"})).status_code == 404
    await as_(cast.mallory).post(f"{PATH}/read")
    assert len(shown(await as_(cast.alice).get(f"{PATH}?unread=true"))) == 2
    assert (await as_(cast.alice).patch(f"{PATH}/{first}", json={"read": True})).status_code == 200


async def test_a_wrong_body_is_refused(cast: Cast, as_) -> None:
    first, _ = await two_of_alice(cast)
    alice = as_(cast.alice)
    refused(await alice.patch(f"{PATH}/{first}", json={"read": "yes"}), 422, "invalid")
    refused(await alice.patch(f"{PATH}/{first}", json={}), 422, "required")
    refused(await alice.patch(f"{PATH}/{first}", json={"read": True, "user": 1}), 400, "unknown_field")
    assert (await alice.patch(f"{PATH}/{first}", json={"read": True})).status_code == 200


async def test_all_other_pages_hear_each_that_is_read_and_each_once(cast: Cast, server, as_) -> None:
    first, second = await two_of_alice(cast)
    channel = f"user:{cast.alice.id}"
    async with await LiveClient.open(server.live_url, token=cast.alice.token, origin=server.url) as other:
        await other.subscribe(channel)
        for _ in range(2):
            await as_(cast.alice).patch(f"{PATH}/{first}", json={"read": True})
        for _ in range(2):
            await as_(cast.alice).post(f"{PATH}/read")
        await as_(cast.alice).patch(f"{PATH}/{second}", json={"read": False})
        events = await other.hear_events(channel, 3)
    assert [(event["event"], event["data"]["id"]) for event in events] == [
        ("notification.read", first), ("notification.read", second), ("notification.read", second),
    ]  # fmt: skip
    assert [event["data"]["read_at"] is not None for event in events] == [True, True, False]
    assert not await DB.fetch("SELECT FROM notifications WHERE id = $1 AND read_at IS NULL", first)


async def test_all_are_read_in_one_change_without_a_hole(cast: Cast, server, as_) -> None:
    await two_of_alice(cast)
    channel = f"user:{cast.alice.id}"
    async with await LiveClient.open(server.live_url, token=cast.alice.token, origin=server.url) as other:
        answer = await other.subscribe(channel)
        assert (await as_(cast.alice).post(f"{PATH}/read")).status_code == 200
        await other.hear_events(channel, 2)
        assert other.seqs(channel) == [answer["seq"] + 1, answer["seq"] + 2]
    sums = await DB.fetch(
        """SELECT channels.seq, (SELECT count(*) FROM events WHERE channel = name) AS events, floor
        FROM channels WHERE name = $1""",
        channel,
    )
    assert sums[0]["events"] + sums[0]["floor"] == sums[0]["seq"] == 4


async def test_reading_the_thread_reads_what_told_of_it(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    first = await write(cast.bob, post, "One.")
    await write(cast.bob, post, "Two.")
    elsewhere = await open_thread(cast.alice)
    await write(cast.bob, elsewhere, "Elsewhere.")
    await do_jobs()
    alice = as_(cast.alice)
    shown(await alice.put(f"/api/v1/posts/{post}/read", json={"comment_id": first}))
    unread = shown(await alice.get(f"{PATH}?unread=true"))
    assert [one["excerpt"] for one in unread] == ["Elsewhere.", "Two."]


async def test_forms_read_without_javascript(cast: Cast, as_) -> None:
    first, second = await two_of_alice(cast)
    alice = as_(cast.alice)
    answer = await alice.post(f"/notifications/{first}", data={"read": "true"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/notifications")
    page = (await alice.get("/notifications?unread=true")).text
    assert f'data-notification="{second}"' in page
    assert f'data-notification="{first}"' not in page
    assert (await alice.post("/notifications/read")).status_code == 303
    assert "You have read everything." in (await alice.get("/notifications?unread=true")).text


async def test_a_get_reads_nothing(cast: Cast, as_) -> None:
    await two_of_alice(cast)
    for path in ("/notifications", PATH, "/"):
        assert (await as_(cast.alice).get(path)).status_code == 200
    assert len(await DB.fetch("SELECT FROM notifications WHERE read_at IS NULL")) == 2


async def test_every_page_says_how_many_and_no_more_than_99(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    await DB.fetch(
        """INSERT INTO notifications ("user", kind, key, post, cause, seq)
        SELECT $1, 'moderation', 'm' || n, $2, 'locked', n FROM generate_series(1, $3::int) AS n""",
        cast.alice.id, post, MOST,
    )  # fmt: skip
    page = (await as_(cast.alice).get("/settings/look")).text
    assert '<span data-slot="count">99</span>' in page
    await DB.fetch(
        """INSERT INTO notifications ("user", kind, key, post, cause, seq)
        VALUES ($1, 'moderation', 'm', $2, 'locked', 1000)""",
        cast.alice.id, post,
    )  # fmt: skip
    assert '<span data-slot="count">99+</span>' in (await as_(cast.alice).get("/settings/look")).text
    assert "unread-count" not in (await as_(cast.bob).get("/api/v1/me")).text


async def test_somebody_without_an_account_is_asked_to_sign_in(client) -> None:
    answer = await client.get("/notifications")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/notifications")
