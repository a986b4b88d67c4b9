"""From asking for an archive to its end: built by the worker, told by mail, fetched by its owner alone, forgotten."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.admin.jobs.services import drop_job, retry_job
from app.database.engine import DB
from app.database.transaction import transaction
from app.exports import archive, building, jobs, mails, states
from app.jobs import leases
from app.jobs.performer import Performer
from app.posts.schemas import NewPost
from app.posts.services import publish_post
from app.worker import JOBS
from tests.cast import Cast, Member
from tests.exports.reading import Opened
from tests.tokens import lend

Clients = Callable[[Member], httpx.AsyncClient]
EXPORTS = "/api/v1/exports"


async def work_off() -> None:
    """Do what waits in the outbox, as a worker does."""
    performer = Performer(JOBS)
    while rows := await DB.fetch(
        "SELECT id FROM outbox WHERE dead_at IS NULL AND lease_until IS NULL AND run_at <= now() ORDER BY id"
    ):
        for row in rows:
            await performer.perform(row["id"])
        await performer.flush()


async def ask(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.post(EXPORTS)
    assert answer.status_code == 202, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def get(client: httpx.AsyncClient, export_id: int) -> dict[str, Any]:
    data: dict[str, Any] = (await client.get(f"{EXPORTS}/{export_id}")).json()["data"]
    return data


async def test_it_is_asked_for_built_mailed_and_fetched(cast: Cast, as_: Clients) -> None:
    await publish_post(cast.alice.viewer, NewPost(title="Tea", body="Which one?", tags=[]))
    alice = as_(cast.alice)
    asked = await ask(alice)
    assert asked == {
        "id": asked["id"], "status": "queued", "progress": 0, "size": None, "url": None, "expires_at": None,
        "created_at": asked["created_at"],
    }  # fmt: skip
    assert (await alice.get(f"{EXPORTS}/{asked['id']}/file")).status_code == 404
    await work_off()
    done = await get(alice, asked["id"])
    assert (done["status"], done["progress"], done["url"]) == ("done", 100, f"{EXPORTS}/{asked['id']}/file")
    file = await alice.get(done["url"])
    assert file.headers["content-type"] == "application/zip"
    assert "attachment" in file.headers["content-disposition"]
    assert len(file.content) == done["size"] == int(file.headers["content-length"])
    assert [post["title"] for post in Opened(file.content).json("posts.json")] == ["Tea"]
    (mail,) = await DB.fetch("SELECT recipient, text FROM mails")
    assert mail["recipient"] == cast.alice.email
    assert "/settings/export" in mail["text"]


async def test_one_that_is_under_way_is_enough(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    asked = await asyncio.gather(*(ask(alice) for _ in range(4)))
    assert len({export["id"] for export in asked}) == 1
    assert len(await DB.fetch("SELECT FROM outbox WHERE job = 'build_export'")) == 1
    assert (await ask(as_(cast.bob)))["id"] != asked[0]["id"]


async def test_a_few_a_day_are_enough(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    for _ in range(5):
        await ask(alice)
        await DB.fetch("UPDATE exports SET status = 'failed'")
    refused = await alice.post(EXPORTS)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (429, "rate_limited")
    page = await alice.post("/settings/export")
    assert page.status_code == 429
    assert "Try again tomorrow" in page.text
    await DB.fetch("UPDATE exports SET created_at = now() - interval '25 hours'")
    await ask(alice)


async def test_nobody_elses_can_be_seen_or_fetched(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    export = await ask(as_(cast.alice))
    await work_off()
    for path in (f"{EXPORTS}/{export['id']}", f"{EXPORTS}/{export['id']}/file"):
        assert (await as_(cast.alice).get(path)).status_code == 200
        for member in (cast.mallory, cast.mona, cast.ada):
            assert (await as_(member).get(path)).status_code == 404
        assert (await client.get(path)).status_code == 401


async def test_a_program_may_do_it_within_its_scopes(cast: Cast, client: httpx.AsyncClient) -> None:
    reads = (await lend(cast.alice, "read")).header
    writes = (await lend(cast.alice, "read", "write")).header
    assert (await client.post(EXPORTS, headers=reads)).status_code == 403
    assert (await client.post(EXPORTS, headers=writes)).status_code == 202


async def full_disk(*_args: object) -> None:
    raise OSError("No space left on device")


async def wear_out() -> None:
    """All tries of what waits in the outbox, one after the other."""
    for _ in range(leases.MAX_TRIES):
        await DB.fetch("UPDATE outbox SET run_at = now() - interval '1 ms' WHERE dead_at IS NULL")
        await work_off()


async def test_a_try_that_failed_is_said_and_made_good(
    cast: Cast, as_: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = as_(cast.alice)
    export = await ask(alice)
    with monkeypatch.context() as broken:
        broken.setattr(archive, "write", full_disk)
        await work_off()
    assert (await get(alice, export["id"]))["status"] == "queued"
    assert "It did not work at once." in (await alice.get("/settings/export")).text
    assert (await ask(alice))["id"] == export["id"], "it is under way"
    assert await DB.fetch("SELECT FROM mails") == []
    await DB.fetch("UPDATE outbox SET run_at = now() - interval '1 ms'")
    await work_off()
    assert (await get(alice, export["id"]))["status"] == "done"


async def test_when_the_last_try_failed_its_member_is_told_and_may_try_again(
    cast: Cast, as_: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = as_(cast.alice)
    export = await ask(alice)
    with monkeypatch.context() as broken:
        broken.setattr(archive, "write", full_disk)
        await wear_out()
    await work_off()
    assert (await get(alice, export["id"]))["status"] == "failed"
    (mail,) = await DB.fetch("SELECT recipient, subject, text, html FROM mails")
    assert mail["recipient"] == cast.alice.email
    assert "did not work out" in mail["subject"]
    for body in (mail["text"], mail["html"]):
        assert "/settings/export" in body
        assert "No space left" not in body
    page = (await alice.get("/settings/export")).text
    assert "could not be put together" in page
    assert "Try again" in page
    assert (await alice.post("/settings/export")).status_code == 303
    await work_off()
    page = (await alice.get("/settings/export")).text
    assert "could not be put together" not in page
    assert "/file" in page


async def test_one_whose_worker_died_in_the_last_try_is_told_too(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    export = await ask(alice)
    await states.begin(export["id"])
    await DB.fetch("UPDATE outbox SET tries = $1, lease_until = now() - interval '1 ms'", leases.MAX_TRIES)
    assert len(await leases.bury()) == 1
    await work_off()
    assert (await get(alice, export["id"]))["status"] == "failed"
    assert len(await DB.fetch("SELECT FROM mails")) == 1


async def test_one_that_an_admin_drops_or_tries_again_is_told_once(
    cast: Cast, as_: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = as_(cast.alice)
    dropped = await ask(alice)
    (row,) = await DB.fetch("SELECT id FROM outbox")
    await drop_job(cast.ada.viewer, row["id"])
    await work_off()
    assert (await get(alice, dropped["id"]))["status"] == "failed"
    export = await ask(alice)
    with monkeypatch.context() as broken:
        broken.setattr(archive, "write", full_disk)
        await wear_out()
        await work_off()
    assert len(await DB.fetch("SELECT FROM mails")) == 2
    (row,) = await DB.fetch("SELECT id FROM outbox")
    await retry_job(cast.ada.viewer, row["id"])
    await work_off()
    assert (await get(alice, export["id"]))["status"] == "done"


async def test_a_failed_one_gives_way_to_another(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    first = await ask(alice)
    async with transaction() as change:
        await jobs.fail_export(change, export_id=first["id"])
    second = await ask(alice)
    assert second["id"] != first["id"]
    assert await states.begin(first["id"]) is None
    assert await states.begin(second["id"]) == cast.alice.id


async def test_done_twice_it_is_one_file_and_one_mail(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    export = await ask(alice)
    await work_off()
    before = await get(alice, export["id"])
    await jobs.build_export(export_id=export["id"])
    await work_off()
    assert await get(alice, export["id"]) == before
    assert len(await DB.fetch("SELECT FROM mails")) == 1


async def test_a_worker_that_was_killed_halfway_leaves_no_half_file(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    export = await ask(alice)
    await states.begin(export["id"])
    await DB.fetch(
        "INSERT INTO export_parts (export, number, body) VALUES ($1, 0, 'half'), ($1, 9, 'more')",
        export["id"],
    )
    await work_off()
    done = await get(alice, export["id"])
    body = (await alice.get(done["url"])).content
    assert Opened(body).json("about.json")["owner"]["username"] == "alice"
    assert len(body) == done["size"]


async def test_a_large_file_is_kept_and_sent_in_parts(
    cast: Cast, as_: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(states, "PART_BYTES", 100)
    alice = as_(cast.alice)
    export = await ask(alice)
    await work_off()
    assert len(await DB.fetch("SELECT FROM export_parts")) > 5
    body = (await alice.get(f"{EXPORTS}/{export['id']}/file")).content
    assert Opened(body).json("about.json")["owner"]["username"] == "alice"


async def test_how_far_it_is_never_goes_back(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    export = await ask(alice)
    await states.begin(export["id"])
    meter = building.Meter(export["id"], 200)
    meter._told = -100.0
    await meter.add(100)
    assert (await get(alice, export["id"]))["progress"] == 47
    await states.move(export["id"], 20)
    found = await get(alice, export["id"])
    assert (found["status"], found["progress"]) == ("running", 47)


async def test_it_is_forgotten_after_its_time(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    export = await ask(alice)
    await work_off()
    await jobs.prune_exports()
    assert (await get(alice, export["id"]))["status"] == "done"
    await DB.fetch("UPDATE exports SET expires_at = now() - interval '1 ms'")
    assert (await alice.get(f"{EXPORTS}/{export['id']}/file")).status_code == 404, "before anybody tidied up"
    assert await mails.export_ready(export["id"]) is None
    await jobs.prune_exports()
    assert await DB.fetch("SELECT FROM export_parts") == []
    page = (await alice.get("/settings/export")).text
    assert "it is deleted" in page
    assert "/file" not in page
    assert "Make my archive" in page
    await DB.fetch("UPDATE exports SET expires_at = now() - interval '7 days 1 ms'")
    await jobs.prune_exports()
    assert await DB.fetch("SELECT FROM exports") == []


async def test_who_has_left_gets_none(cast: Cast, as_: Clients) -> None:
    export = await ask(as_(cast.alice))
    await DB.fetch("UPDATE users SET left_at = now() WHERE id = $1", cast.alice.id)
    await work_off()
    assert await DB.fetch("SELECT FROM export_parts") == []
    assert await mails.export_ready(export["id"]) is None


async def test_the_page_goes_from_a_button_over_a_bar_to_a_link(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    assert "Make my archive" in (await alice.get("/settings/export")).text
    answer = await alice.post("/settings/export")
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/export")
    page = (await alice.get("/settings/export")).text
    assert "<progress" in page
    assert "Make my archive" not in page
    await work_off()
    page = (await alice.get("/settings/export")).text
    assert "/file" in page
    assert "Make my archive" in page
