"""Authors are told what moderators did with what they wrote, and why; also when it is gone."""

from app.database.engine import DB
from app.database.transaction import transaction
from app.notifications.jobs import notify_moderation_soon
from app.notifications.moderation import Action
from tests.cast import Cast
from tests.notifications.doing import do_jobs
from tests.notifications.test_replies import told
from tests.writers import open_thread, write

_REMOVE = (
    "UPDATE {noun}s SET removed_at = now(), removed_by = 'moderator', removed_reason = 'Spam.' WHERE id = $1"
)


async def moderate(done: Action) -> None:
    async with transaction() as change:
        if done.verb == "removed":
            await DB.fetch(_REMOVE.format(noun=done.noun), done.number)
        await notify_moderation_soon(change, done)
    await do_jobs()


async def test_an_author_is_told_of_their_removed_comment_and_post_with_the_reason(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    comment = await write(cast.bob, post, "Buy this.")
    await moderate(Action("comment", comment, "removed", "Spam.", "1"))
    (one,) = await told(as_, cast.bob)
    assert (one["kind"], one["actors"], one["actors_count"], one["excerpt"]) == ("moderation", [], 0, "Spam.")
    assert one["reason"] == "A moderator removed what you wrote."
    await moderate(Action("post", post, "removed", "Spam.", "2"))
    assert [one["subject"]["type"] for one in await told(as_, cast.alice)] == ["post"]
    assert await told(as_, cast.bob) == [], "the thread of the comment is not for them to see any more"


async def test_each_act_is_told_once_and_again_when_it_is_done_again(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    for act in ("1", "1", "2"):
        await moderate(Action("post", post, "locked", None, act))
    assert [one["reason"] for one in await told(as_, cast.alice)] == [
        "A moderator closed your post for replies."
    ] * 2


async def test_who_turned_it_off_is_not_told_and_the_suspended_get_no_mail(cast: Cast, as_) -> None:
    await DB.fetch("UPDATE users SET activated_at = now()")
    post, other = await open_thread(cast.alice), await open_thread(cast.bob)
    await as_(cast.alice).patch("/api/v1/notification-settings", json={"moderation": "off"})
    await DB.fetch("""INSERT INTO suspensions ("user", reason) VALUES ($1, 'Rude.')""", cast.bob.id)
    for number in (post, other):
        await moderate(Action("post", number, "locked", None, "1"))
    assert await told(as_, cast.alice) == []
    assert len(await told(as_, cast.bob)) == 1
    assert await DB.fetch("SELECT FROM mails") == []
    await DB.fetch("DELETE FROM suspensions")
    await moderate(Action("post", other, "unlocked", None, "2"))
    assert len(await DB.fetch("SELECT FROM mails")) == 1
