"""`hubbub admin create`, and the link that a first start prints."""

import sys
from getpass import getpass

import asyncpg

from app.accounts.schemas import Registration
from app.accounts.set_up import services
from app.bundled import LaunchError
from app.database.engine import DB
from app.dev.keeper import say
from app.dev.site import address
from app.settings import settings
from app.web.errors import Invalid
from app.web.validation import read_fields


async def create(username: str | None, name: str | None, email: str | None) -> int:
    """Ask for what is not given, and make the admin; the exit status. Raises LaunchError."""
    fields = {
        "username": username or _ask("Username", "--username"),
        "email": email or _ask("E-mail", "--email"),
    }
    fields = {**fields, "name": name or fields["username"], "password": _password()}
    await DB.start(size=2)
    try:
        await services.create_admin(read_fields(Registration, fields))
    except Invalid as refusal:
        for error in refusal.errors:
            print(f"hubbub: {error.field}: {error.message}", file=sys.stderr)  # noqa: T201  # a terminal's program
        return 1
    except asyncpg.UndefinedTableError:
        raise LaunchError("The database is empty. Run hubbub migrate first.") from None
    finally:
        await DB.stop()
    say(f"{fields['username']} is an admin of {settings.name} now.")
    return 0


async def offer() -> None:
    """Print a link for the first admin where there is none; nothing where there is no schema yet either.

    In production only to somebody at a terminal: what is collected as a log must not let its readers in.
    """
    if settings.production and not sys.stdout.isatty():
        return
    await DB.start(size=2)
    try:
        token = await services.offer_link()
    except asyncpg.UndefinedTableError:
        return
    finally:
        await DB.stop()
    if token:
        site = settings.url.rstrip("/") or address(settings.port)
        say("\nNobody looks after this community yet. Who opens this link can, once and within a day:")
        say(f"{site}/set-up/{token}\n")


def _ask(what: str, flag: str) -> str:
    if not sys.stdin.isatty():
        raise LaunchError(f"{flag} is missing, and there is no terminal to ask at.")
    return input(f"{what}: ").strip()


def _password() -> str:
    """From the terminal, unseen and twice; or the first line of what is piped in. Never an argument."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass("Password: ")
    if getpass("The same again: ") != password:
        raise LaunchError("The two passwords are not the same. Nothing was made.")
    return password
