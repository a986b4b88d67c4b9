"""Pruning, and a backup that is taken while everybody writes and put back later."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from tests.chaos import sql_faults
from tests.chaos.part import ROOT
from tests.chaos.plan import Step
from tests.chaos.servers import binary
from tests.chaos.stage import Stage
from tests.processes import wait_until

COPY_SECONDS = 60
YOUNGEST, OLDEST = 5, 60

_PRUNE = """
import asyncio, sys
from datetime import timedelta
from app.database.engine import DB
from app.live.pruning import prune

async def main():
    await DB.start(size=2, statement_seconds=10)
    await prune(timedelta(seconds=int(sys.argv[1])))

asyncio.run(main())
"""


def prune(stage: Stage, step: Step) -> None:
    """What the nightly job does, but of events that are seconds old; what it has to say is in its log."""
    age = round(YOUNGEST + step.chance * (OLDEST - YOUNGEST))
    with (stage.folder / "prune.log").open("ab") as log:
        command = [sys.executable, "-c", _PRUNE, str(age)]
        stage.aside(subprocess.Popen(command, cwd=ROOT, env=stage.environment(), stdout=log, stderr=log))


def copy(stage: Stage, step: Step) -> None:
    """`pg_basebackup`, while everybody writes; what is acknowledged from now on may be gone later."""
    # After what came before PostgreSQL may still be at its recovery.
    wait_until(lambda: _copied(stage), "a copy is taken", COPY_SECONDS)


def _copied(stage: Stage) -> bool:
    fresh = _backup(stage).with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    began = monotonic()
    url = urlsplit(stage.postgres.url)
    command = [
        str(binary("pg_basebackup")), f"--host={url.hostname}", f"--port={url.port}", f"--username={url.username}",
        f"--pgdata={fresh}", "--wal-method=stream", "--checkpoint=fast", "--no-sync",
    ]  # fmt: skip
    with (stage.folder / "copy.log").open("ab") as log:
        environment = {**os.environ, "PGPASSWORD": url.password or ""}
        done = subprocess.run(
            command, env=environment, check=False, timeout=COPY_SECONDS, stdout=log, stderr=log
        )
    if done.returncode:
        return False
    shutil.rmtree(_backup(stage), ignore_errors=True)
    fresh.rename(_backup(stage))
    stage.copied_at = began
    return True


def put_back(stage: Stage, step: Step) -> None:
    """The data of the copy in place of what there is; half of the time the webs run on and see it happen."""
    stage.before_restore()
    parts = [part for part in stage.parts.values() if step.chance < 0.5]
    for part in parts:
        part.kill()
    stage.postgres.stop()
    _replace(stage.postgres.data, _backup(stage))
    stage.postgres.start()
    wait_until(lambda: stage.side.run(sql_faults.is_master(stage.postgres.url)), "the copy takes writes")
    for part in parts:
        part.launch()
    stage.after_restore()


def _replace(data: Path, backup: Path) -> None:
    owner = data.stat()
    shutil.rmtree(data)
    shutil.copytree(backup, data, symlinks=True)
    # Recovery from an archive, here an empty one, begins a new timeline, and that is a new epoch (LIVE.md 3.6).
    (data / "recovery.signal").touch()
    with (data / "postgresql.auto.conf").open("a") as settings:
        settings.write("restore_command = 'false'\n")
    for path in (data, *data.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
    data.chmod(0o700)


def _backup(stage: Stage) -> Path:
    return stage.folder / "copy"
