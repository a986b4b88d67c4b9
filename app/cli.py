"""The `hubbub` command: dev, and the parts that it is made of."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from app.bundled import LaunchError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command. What can go wrong at a start ends as one line and an exit status of 1."""
    flags = vars(_parser().parse_args(arguments))
    command: Callable[..., int] = flags.pop("command")
    try:
        sys.exit(command(**flags))
    except LaunchError as error:
        sys.exit(f"hubbub: {error}")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hubbub", description="Community software whose threads are alive.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command, does in (
        (dev, "everything on this machine, in one terminal"),
        (serve, "the web process"),
        (worker, "the worker process"),
        (migrate, "bring the database up to date"),
        (seed, "fill an empty community with the demo"),
    ):
        commands.add_parser(command.__name__, help=does, description=does).set_defaults(command=command)
    _add_verbs(
        commands, "counters", (("reconcile", reconcile, "compare all counters with counts, and repair"),)
    )
    dead = (
        ("dead", dead_jobs, "list jobs that were given up"),
        ("retry", retry_jobs, "try all of them again"),
        ("drop", drop_jobs, "forget all of them"),
    )
    _add_verbs(commands, "jobs", dead)
    lost = "ask a member for no codes any more who has lost app and recovery codes"
    create, end = _add_verbs(
        commands, "admin", (("create", create_admin, "make an admin"), ("end-codes", end_codes, lost))
    )
    end.add_argument("username", metavar="USERNAME")
    create.epilog = "The password is asked for, or read from what is piped in."
    for flag in ("username", "name", "email"):
        create.add_argument(f"--{flag}")
    _add_tail(commands)
    _add_archives(commands)
    return parser


def _add_archives(commands: Any) -> None:
    does = "put all that is one member's into an archive"
    out = commands.add_parser("export", help=does, description=does.capitalize() + ".")
    out.set_defaults(command=export)
    out.add_argument("username", metavar="USERNAME")
    out.add_argument("path", metavar="FILE")
    does = "bring a member's archive in"
    into = commands.add_parser("import", help=does, description=does.capitalize() + ".")
    into.set_defaults(command=import_archive)
    into.add_argument("path", metavar="FILE")
    into.add_argument("--username", help="what they are called here, where their name is taken")


def _add_tail(commands: Any) -> None:
    does = "follow channels live, one line an event"
    follow = commands.add_parser("tail", help=does, description=does.capitalize() + ".")
    follow.set_defaults(command=tail)
    follow.add_argument("channels", nargs="+", metavar="CHANNEL", help="posts, post:42, user:3 or moderation")
    follow.add_argument("--json", action="store_true", dest="as_json", help="a line of JSON for each event")
    follow.add_argument(
        "--after", metavar="[EPOCH:]SEQ", help="tell what came after this place first; 0 is all"
    )
    follow.add_argument("--url", help="where Hubbub is; without it, where the settings say")
    follow.add_argument("--token-file", metavar="FILE", help="a file that holds an access token")


def _add_verbs(
    commands: Any, noun: str, verbs: Iterable[tuple[str, Callable[..., int], str]]
) -> list[argparse.ArgumentParser]:
    """`hubbub NOUN VERB`; the parser of each verb."""
    does = ", or ".join(verb[2] for verb in verbs)
    nested = commands.add_parser(noun, help=does).add_subparsers(metavar="VERB", required=True)
    parsers = []
    for verb, command, what in verbs:
        parsers.append(nested.add_parser(verb, help=what, description=what))
        parsers[-1].set_defaults(command=command)
    return parsers


# Each imports what it needs and no more: dev starts the others, and should not wait for their imports.


def dev() -> int:
    from app.dev.command import run

    return run()


def serve() -> int:
    from app.accounts.set_up.command import offer
    from app.preflight import check_database
    from app.serve import serve as answer
    from app.telemetry import logs

    logs.configure()
    asyncio.run(check_database())
    asyncio.run(offer())
    answer()
    return 0


def worker() -> int:
    from app import worker as jobs
    from app.preflight import check_database
    from app.telemetry import logs

    logs.configure()
    asyncio.run(check_database())
    asyncio.run(jobs.main())
    return 0


def migrate() -> int:
    from app.database import migrations
    from app.preflight import check_database

    asyncio.run(check_database())
    try:
        asyncio.run(migrations.migrate())
    except Exception as error:  # a migration is any code
        said = next(iter(str(error).splitlines()), "") or type(error).__name__
        raise LaunchError(
            f"A migration failed, the database is as the last good one left it: {said}"
        ) from error
    return 0


def seed() -> int:
    from app.demo.command import run
    from app.telemetry import logs

    logs.configure()
    return asyncio.run(run())


def create_admin(username: str | None, name: str | None, email: str | None) -> int:
    from app.accounts.set_up.command import create
    from app.preflight import check_database

    asyncio.run(check_database())
    return asyncio.run(create(username, name, email))


def end_codes(username: str) -> int:
    from app.accounts.second_factor.command import end_codes as end
    from app.preflight import check_database

    asyncio.run(check_database())
    return asyncio.run(end(username))


def tail(
    channels: list[str], as_json: bool, after: str | None, url: str | None, token_file: str | None
) -> int:
    from app.live.tail import run

    if url is None:
        from app.settings import settings

        url = settings.address
    return asyncio.run(run(url, channels, as_json=as_json, after=after, token_file=token_file))


def export(username: str, path: str) -> int:
    from app.exports.command import export as write

    return asyncio.run(write(username, path))


def import_archive(path: str, username: str | None) -> int:
    from app.exports.command import import_archive as bring_in

    return asyncio.run(bring_in(path, username))


def reconcile() -> int:
    from app.counters.command import run

    return asyncio.run(run())


def dead_jobs() -> int:
    from app.jobs.command import show_dead

    return asyncio.run(show_dead())


def retry_jobs() -> int:
    from app.jobs.command import retry_dead

    return asyncio.run(retry_dead())


def drop_jobs() -> int:
    from app.jobs.command import drop_dead

    return asyncio.run(drop_dead())


if __name__ == "__main__":
    main()
