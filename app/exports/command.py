"""`hubbub export NAME FILE` and `hubbub import FILE`: one member's archive, by who runs the server."""

import sys
from pathlib import Path

from app.database.engine import DB
from app.database.progress import progress_bar
from app.exports import archive
from app.exports.arrivals import Arrivals
from app.exports.contents import count_all, find_owner
from app.exports.importing import bring_in
from app.exports.opening import Archive, Unreadable
from app.web.errors import Invalid

# More fill a screen and help nobody.
NAMED = 100

_FIND = "SELECT id FROM users WHERE lower(username) = lower($1) AND left_at IS NULL"


async def export(username: str, path: str) -> int:
    """Write the archive of this member; the exit status."""
    await DB.start(size=2)
    try:
        rows = await DB.fetch(_FIND, username)
        owner = await find_owner(rows[0]["id"]) if rows else None
        if owner is None:
            return _refuse(f"there is no member called {username}.")
        with Path(path).open("xb") as file, progress_bar(username, await count_all(owner.id)) as step:  # noqa: ASYNC230  # nobody else waits

            async def tell(count: int) -> None:
                step(count)

            await archive.write(file, owner, tell)
    except FileExistsError:
        return _refuse(f"{path} is there already.")
    except OSError as error:
        return _refuse(f"{path} cannot be written: {error.strerror}.")
    finally:
        await DB.stop()
    _say(f"All that is {owner.username}'s is in {path}.")
    return 0


async def import_archive(path: str, username: str | None) -> int:
    """Bring an archive in; the exit status."""
    await DB.start(size=2)
    try:
        _, arrivals = await bring_in(Archive.open(Path(path)), username, progress_bar)
    except (Unreadable, OSError) as error:
        return _refuse(f"{path} cannot be read. {error}")
    except Invalid as refusal:
        return _refuse(" ".join(f"{error.field}: {error.message}" for error in refusal.errors))
    finally:
        await DB.stop()
    _report(arrivals)
    return 0


def _report(arrivals: Arrivals) -> None:
    came = ", ".join(f"{noun} {count:,}" for noun, count in arrivals.came.items())
    _say(f"{arrivals.viewer.username}: {came or 'nothing that was not here'}.")
    if arrivals.left:
        _say(f"{len(arrivals.left):,} more are about what is not here:")
        for what in arrivals.left[:NAMED]:
            _say(f"  {what}")
        if len(arrivals.left) > NAMED:
            _say(f"  and {len(arrivals.left) - NAMED:,} more.")


def _refuse(sentence: str) -> int:
    print(f"hubbub: {sentence}", file=sys.stderr)  # noqa: T201  # a terminal's program
    return 1


def _say(sentence: str) -> None:
    print(sentence)  # noqa: T201  # a terminal's program
