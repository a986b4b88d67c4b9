"""Who is suspended hears nothing; who leaves is in nobody's notifications any more."""

from app.accounts.deletion.schemas import Deletion
from app.accounts.deletion.services import delete_account
from app.database.engine import DB
from tests.cast import PASSWORD, Cast
from tests.notifications.doing import do_jobs
from tests.notifications.test_replies import told
from tests.writers import open_thread, write


async def test_the_suspended_are_told_and_mailed_nothing(cast: Cast, as_) -> None:
    await DB.fetch("UPDATE users SET activated_at = now()")
    await as_(cast.alice).patch("/api/v1/notification-settings", json={"reply": "at_once"})
    post = await open_thread(cast.alice)
    await DB.fetch("""INSERT INTO suspensions ("user", reason) VALUES ($1, 'Rude.')""", cast.alice.id)
    await write(cast.bob, post, "Where are you?")
    await do_jobs()
    assert await told(as_, cast.alice) == []
    assert not await DB.fetch("SELECT FROM mails WHERE recipient = 'alice@example.org'")
    await DB.fetch(
        "UPDATE suspensions SET created_at = now() - interval '2 days', until = now() - interval '1 day'"
    )
    await write(cast.bob, post, "There you are.")
    await do_jobs()
    assert [one["excerpt"] for one in await told(as_, cast.alice)] == ["There you are."]
    assert len(await DB.fetch("SELECT FROM mails WHERE recipient = 'alice@example.org'")) == 1


async def test_a_name_that_left_is_in_no_list_and_no_log(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    await write(cast.mallory, post, "Bye, all.")
    await write(cast.bob, post, "I stay.")
    await do_jobs()
    assert "mallory" in (await as_(cast.alice).get("/api/v1/notifications")).text
    await delete_account(cast.mallory.viewer, cast.mallory.id, Deletion(password=PASSWORD, content="keep"))
    await do_jobs()
    found = await told(as_, cast.alice)
    assert [one["actors"][0]["username"] for one in found] == ["bob"]
    logged = await DB.fetch(
        "SELECT data::text AS data FROM events WHERE channel = $1", f"user:{cast.alice.id}"
    )
    assert len(logged) == 3, "two that told, one that says that the first is not new any more"
    assert not [row for row in logged if "mallory" in (row["data"] or "")]
    assert not await DB.fetch("SELECT FROM users WHERE id = $1", cast.mallory.id)
