"""`hubbub seed`: the demo, and how to sign in to it."""

import secrets
from pathlib import Path

from app.bundled.folder import plainly
from app.database.engine import DB
from app.demo import IS_DEMO, IS_NONE, content, seed
from app.settings import settings


async def run() -> int:
    """Seed an empty community; IS_DEMO if this one is the demo then, else IS_NONE. Raises LaunchError."""
    await DB.start(size=4)
    try:
        password = _password(settings.data_path)
        if await seed.wanted():
            await seed.seed(password)
        if not await DB.fetch("SELECT FROM users WHERE email LIKE $1 LIMIT 1", f"%@{seed.DOMAIN}"):
            return IS_NONE
    finally:
        await DB.stop()
    print(_how_to_sign_in(password), flush=True)  # noqa: T201  # for the person at the terminal
    return IS_DEMO


def _password(data: Path) -> str:
    """The one that is set, or a random one that is kept, so that it can be said at each start."""
    if settings.demo_password:
        return settings.demo_password
    kept = data / "demo-password"
    with plainly(data):
        data.mkdir(parents=True, exist_ok=True)
        if not kept.exists():
            kept.touch(mode=0o600)
            kept.write_text("-".join(secrets.token_hex(2) for _ in range(4)))
        return kept.read_text().strip()


def _how_to_sign_in(password: str) -> str:
    staff = [member for member in content.members().values() if member.role != "member"]
    lines = ["", "This is a demo. Sign up, or sign in as one of its people:"]
    lines += [f"  {member.username}@{seed.DOMAIN}  {member.role}" for member in staff]
    first = next(member for member in content.members().values() if member.role == "member")
    lines += [f"  {first.username}@{seed.DOMAIN}  member, like the others", f"  password: {password}"]
    return "\n".join(lines)
