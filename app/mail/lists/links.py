"""The links that stop mails: signed, so that nothing is stored for them and they are good as long as the address is."""

import hashlib
import hmac
from base64 import urlsafe_b64encode

import msgspec

from app.database.engine import DB
from app.mail.lists.registry import MailList, find_list
from app.settings import settings

_HOLDER = """
SELECT users.email, installation.secret FROM users, installation WHERE users.id = $1 AND users.left_at IS NULL
"""


class Subscription(msgspec.Struct, frozen=True):
    """Whose mails, and which, a link is about."""

    user_id: int
    email: str
    list: MailList


async def link_to_leave(mails: MailList, user_id: int) -> str:
    """The address that stands in a mail; "" for a member who has gone."""
    rows = await DB.fetch(_HOLDER, user_id)
    if not rows:
        return ""
    signature = _sign(rows[0]["secret"], mails.name, user_id, rows[0]["email"])
    return f"{settings.address}/unsubscriptions/{mails.name}/{user_id}/{signature}"


async def find(name: str, user_id: int, signature: str) -> Subscription | None:
    """What the link is about; None for one that we did not sign, or signed for an address that is another one now."""
    mails = find_list(name)
    rows = await DB.fetch(_HOLDER, user_id)
    if mails is None or not rows:
        return None
    known = _sign(rows[0]["secret"], name, user_id, rows[0]["email"])
    if not hmac.compare_digest(known.encode(), signature.encode()):
        return None
    return Subscription(user_id, rows[0]["email"], mails)


def _sign(secret: bytes, name: str, user_id: int, email: str) -> str:
    # What it is for comes first, so that no other signature of this secret is good here.
    text = "\0".join(("unsubscribe", name, str(user_id), email))
    digest = hmac.digest(secret, text.encode(), hashlib.sha256)
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
