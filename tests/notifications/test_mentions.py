"""Who is named is told, once, wherever it is."""

from app.comments.schemas import CommentChange
from app.comments.services import edit_comment
from app.posts.schemas import PostChange
from app.posts.services import edit_post
from tests.cast import Cast
from tests.notifications.doing import do_jobs
from tests.notifications.test_following import say
from tests.notifications.test_replies import told
from tests.writers import open_thread, write


async def test_a_name_in_a_comment_and_in_a_post_is_told(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    comment = await write(cast.alice, post, "Ask @bob.")
    await do_jobs()
    (one,) = await told(as_, cast.bob)
    assert (one["kind"], one["subject"]["id"], one["reason"]) == ("mention", comment, "Your name is in it.")
    post = await say(cast.mona)
    await edit_post(cast.mona.viewer, post, PostChange(body="Thanks, @bob."))
    await do_jobs()
    newest = (await told(as_, cast.bob))[0]
    assert (newest["kind"], newest["subject"]["type"]) == (
        "mention",
        "post",
    )


async def test_who_is_answered_and_named_is_told_once_as_named(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    first = await write(cast.bob, post, "First.")
    await write(cast.alice, post, "@bob, yes.", parent_id=first)
    await do_jobs()
    assert [one["kind"] for one in await told(as_, cast.bob)] == ["mention"]


async def test_an_edit_tells_only_those_whom_it_names_for_the_first_time(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    comment = await write(cast.bob, post, "@mona said so.")
    await do_jobs()
    await edit_comment(cast.bob.viewer, comment, CommentChange(body="@mona and @mallory said so."))
    await do_jobs()
    assert [len(await told(as_, member)) for member in (cast.mona, cast.mallory, cast.alice)] == [1, 1, 1]
    await edit_comment(cast.bob.viewer, comment, CommentChange(body="Nobody said so."))
    await edit_comment(cast.bob.viewer, comment, CommentChange(body="@mona said so, after all."))
    await do_jobs()
    assert len(await told(as_, cast.mona)) == 1


async def test_who_names_themselves_is_told_nothing(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    await write(cast.bob, post, "I am @bob, and this is for @mona.")
    await do_jobs()
    assert (await told(as_, cast.bob), len(await told(as_, cast.mona))) == ([], 1)
