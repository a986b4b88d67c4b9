"""What a notification says where there is no page for it, and why it came, to whom it came."""

from app.notifications.schemas import Notification

_SENTENCES = {
    "answer": "You wrote the comment that this answers.",
    "own_post": "You wrote the post.",
    "own_comment": "You wrote the comment.",
    "followed_post": "You follow the post.",
    "followed_author": "You follow who wrote it.",
    "followed_tag": "You follow the tag {note}.",
    "named": "Your name is in it.",
    "followed": "They follow you now.",
    "removed": "A moderator removed what you wrote.",
    "restored": "A moderator brought back what you wrote.",
    "locked": "A moderator closed your post for replies.",
    "unlocked": "A moderator opened your post for replies again.",
}

CAUSES = _SENTENCES.keys()


def sentence(cause: str, note: str | None) -> str:
    return _SENTENCES[cause].format(note=note)


def headline(told: Notification) -> str:
    """One plain line; names and titles are others' words, and take no second one."""
    who = _names(told)
    place = f"“{told.subject.title}”" if told.subject.title else "a post"
    line = {
        "reply": f"{who} replied in {place}",
        "mention": f"{who} mentioned you in {place}",
        "reaction": f"{who} reacted to {'your post' if told.subject.type == 'post' else 'your comment in'} {place}",
        "follow": f"{who} follows you",
        "post": f"{who} wrote {place}",
        "moderation": f"{told.reason} {place}",
    }[told.kind]
    return " ".join(line.split())


def _names(told: Notification) -> str:
    named = [actor.name for actor in told.actors[:2]]
    others = told.actors_count - len(named)
    if others:
        return f"{', '.join(named)} and {others} {'other' if others == 1 else 'others'}"
    return " and ".join(named)
