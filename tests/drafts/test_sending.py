"""What becomes of a draft when its words go out, or what they are about goes away."""

import pytest

from app.accounts.deletion.schemas import Deletion
from app.accounts.deletion.services import delete_account
from app.comments.removing import remove_comment, restore_comment
from app.database.engine import DB
from app.drafts.jobs import prune_drafts
from app.posts.removing import remove_post, restore_post
from tests.api import BASE, refused, shown
from tests.cast import PASSWORD
from tests.writers import check_sums, open_thread, write

DRAFTS = f"{BASE}/drafts"


async def keep(client, subject, body="words"):
    return shown(await client.put(f"{DRAFTS}/{subject}", json={"body": body}))


async def is_kept(client, subject):
    return (await client.get(f"{DRAFTS}/{subject}")).status_code == 200


async def test_what_is_sent_takes_its_own_draft_along_and_no_other(alice, bob, cast):
    post = await open_thread(cast.alice)
    comment = await write(cast.alice, post, "words")
    sends = {
        "new": ("POST", "/posts", {"title": "A title", "body": "x"}),
        f"reply:post:{post}": ("POST", f"/posts/{post}/comments", {"body": "x"}),
        f"reply:comment:{comment}": ("POST", f"/posts/{post}/comments", {"body": "x", "parent_id": comment}),
        f"edit:post:{post}": ("PATCH", f"/posts/{post}", {"body": "changed"}),
        f"edit:comment:{comment}": ("PATCH", f"/comments/{comment}", {"body": "changed"}),
    }
    for subject in sends:
        await keep(alice, subject)
    await keep(bob, "new")
    await keep(bob, f"reply:post:{post}")
    left = set(sends)
    for subject, (method, path, body) in sends.items():
        assert (await alice.request(method, BASE + path, json=body)).is_success
        left.remove(subject)
        assert {draft["subject"] for draft in shown(await alice.get(DRAFTS))} == left
    assert len(shown(await bob.get(DRAFTS))) == 2


async def test_words_on_their_way_do_not_bring_back_what_was_sent(alice, cast):
    """A pause's PUT that arrives after the reply it led to."""
    post = await open_thread(cast.bob)
    kept = await keep(alice, f"reply:post:{post}", "a thoug")
    shown(await alice.post(f"{BASE}/posts/{post}/comments", json={"body": "a thought"}), 201)
    late = {"body": "a thought", "version": kept["version"]}
    answer = await alice.put(f"{DRAFTS}/reply:post:{post}", json=late)
    assert (answer.status_code, answer.json()["data"]["body"]) == (409, "")
    assert not await is_kept(alice, f"reply:post:{post}")


async def test_what_is_refused_keeps_its_draft(alice, cast):
    post = await open_thread(cast.bob)
    comment = await write(cast.alice, post, "words")
    subjects = ["new", f"reply:post:{post}", f"reply:comment:{comment}", f"edit:comment:{comment}"]
    for subject in subjects:
        await keep(alice, subject)
    await DB.fetch("UPDATE posts SET locked_at = now()")
    refused(await alice.post(f"{BASE}/posts", json={"title": "A title", "body": " "}), 422, "required")
    refused(await alice.post(f"{BASE}/posts/{post}/comments", json={"body": "x"}), 409, "locked")
    reply = {"body": "x", "parent_id": comment}
    refused(await alice.post(f"{BASE}/posts/{post}/comments", json=reply), 409, "locked")
    refused(await alice.patch(f"{BASE}/comments/{comment}", json={"body": "x"}), 409, "locked")
    for subject in subjects:
        assert await is_kept(alice, subject)


async def test_a_change_that_changes_nothing_ends_its_draft_as_well(alice, cast):
    post = await open_thread(cast.alice)
    comment = await write(cast.alice, post, "words")
    await keep(alice, f"edit:comment:{comment}")
    shown(await alice.patch(f"{BASE}/comments/{comment}", json={"body": "words"}))
    assert not await is_kept(alice, f"edit:comment:{comment}")


async def test_draft_and_comment_go_in_one_statement(alice, cast):
    """Neither is there without the other: what makes the comment fail keeps the draft."""
    post = await open_thread(cast.bob)
    subject = f"reply:post:{post}"
    await keep(alice, subject)
    await DB.fetch("ALTER TABLE drafts ADD CONSTRAINT refused CHECK (dropped_at IS NULL)")
    try:
        answer = await alice.post(f"{BASE}/posts/{post}/comments", json={"body": "x"})
        assert answer.status_code == 500
    finally:
        await DB.fetch("ALTER TABLE drafts DROP CONSTRAINT refused")
    assert await is_kept(alice, subject)
    assert await check_sums(post) == 0


@pytest.mark.parametrize("verb", ["reply", "edit"])
async def test_drafts_about_a_removed_post_are_gone_until_it_is_back(alice, cast, verb):
    post = await open_thread(cast.alice)
    comment = await write(cast.alice, post, "words")
    subjects = [f"{verb}:post:{post}", f"{verb}:comment:{comment}"]
    for subject in subjects:
        await keep(alice, subject)
    await remove_post(cast.alice.viewer, post)
    assert shown(await alice.get(DRAFTS)) == []
    for subject in subjects:
        refused(await alice.get(f"{DRAFTS}/{subject}"), 404, "not_found")
        refused(await alice.put(f"{DRAFTS}/{subject}", json={"body": "x"}), 404, "not_found")
    await restore_post(cast.alice.viewer, post)
    assert {draft["subject"] for draft in shown(await alice.get(DRAFTS))} == set(subjects)


async def test_the_edit_of_a_removed_comment_is_gone_and_an_answer_to_it_is_not(alice, bob, cast):
    post = await open_thread(cast.alice)
    comment = await write(cast.alice, post, "words")
    await keep(alice, f"edit:comment:{comment}")
    await keep(bob, f"reply:comment:{comment}")
    await remove_comment(cast.alice.viewer, comment)
    assert not await is_kept(alice, f"edit:comment:{comment}")
    refused(await alice.put(f"{DRAFTS}/edit:comment:{comment}", json={"body": "x"}), 404, "not_found")
    assert await is_kept(bob, f"reply:comment:{comment}")
    await restore_comment(cast.alice.viewer, comment)
    assert await is_kept(alice, f"edit:comment:{comment}")


async def test_what_was_dropped_or_removed_long_ago_is_forgotten(alice, cast):
    post, other = await open_thread(cast.alice), await open_thread(cast.alice)
    comment = await write(cast.alice, other, "words")
    kept = ["new", f"reply:comment:{comment}"]
    gone = [f"reply:post:{post}", f"edit:comment:{comment}", f"edit:post:{other}"]
    for subject in (*kept, *gone):
        await keep(alice, subject)
    await DB.fetch(
        "UPDATE posts SET removed_at = now() - interval '31 days', removed_by = 'author' WHERE id = $1", post
    )
    await DB.fetch("UPDATE comments SET removed_at = now() - interval '31 days', removed_by = 'author'")
    await DB.fetch("UPDATE drafts SET dropped_at = now() - interval '31 days' WHERE subject = $1", gone[2])
    await prune_drafts()
    rows = await DB.fetch("SELECT subject FROM drafts ORDER BY subject")
    assert [row["subject"] for row in rows] == kept


async def test_who_leaves_leaves_no_drafts(alice, bob, cast):
    for client in (alice, bob):
        await keep(client, "new")
    await delete_account(cast.alice.viewer, cast.alice.id, Deletion(password=PASSWORD, content="keep"))
    rows = await DB.fetch('SELECT "user" FROM drafts')
    assert [row["user"] for row in rows] == [cast.bob.id]
