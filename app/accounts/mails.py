"""The mails about accounts, one function each."""

from app.database.engine import DB
from app.mail.delivery import Mail
from app.settings import settings

_WELCOME = """Hello {name},

you have an account at {community} now. Your name there is @{username}.

{url}

You get this mail because somebody signed up with this address. If that was not you, just leave it:
nothing more will come.
"""


async def welcome(user_id: int) -> Mail | None:
    """The greeting of a new member; None when they have gone meanwhile."""
    rows = await DB.fetch(
        """SELECT users.email, users.username, profiles.display_name FROM users
        JOIN profiles ON profiles."user" = users.id WHERE users.id = $1""",
        user_id,
    )
    if not rows:
        return None
    row = rows[0]
    text = _WELCOME.format(
        name=row["display_name"] or row["username"],
        username=row["username"],
        community=settings.name,
        url=settings.url,
    )
    return Mail(to=row["email"], subject=f"Welcome to {settings.name}", text=text, key=f"welcome-{user_id}")
