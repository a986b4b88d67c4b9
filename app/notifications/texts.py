"""Why a notification came, as a sentence to whom it came."""

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


def sentence(cause: str, note: str | None) -> str:
    return _SENTENCES[cause].format(note=note)
