"""The last mail that a member gets."""

from app.accounts.deletion.schemas import Content
from app.mail.letters import Mail, write
from app.settings import settings


def farewell(user_id: int, email: str, username: str, content: Content) -> Mail:
    """Tells who left that they have; their row may be gone by then, so it comes with what it needs."""
    return write(
        "farewell", to=email, subject=f"Your account at {settings.name} is deleted",
        key=f"farewell-{user_id}", username=username, content=content,
    )  # fmt: skip
