"""A throw-away Hubbub with people in it: started, filled over the API, and gone at the end."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import httpx
from small_talk import FELT, MEMBERS, PASSWORD, THREADS, Said, Thread

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.bundled import postgres, valkey  # noqa: E402  # only now can it be found
from app.bundled.process import free_port  # noqa: E402

PATIENCE = 60.0
DEMO_MEMBER = "lena"

Age = tuple[str, int, int]  # table, id, minutes


class Show:
    """`address` of a Hubbub with people in it, and, where they are ours, `threads` by title.

    `sessions` are by username; those of the demo are what `make run` gives a newcomer.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.threads: dict[str, dict[str, object]] = {}
        self.sessions: dict[str, str] = {}
        self.ages: list[Age] = []


@contextmanager
def open_show() -> Iterator[Show]:
    """Our own people, who say enough for every kind of page."""
    with _running(demo="off") as (show, database_url):
        _fill(show)
        asyncio.run(_let_time_pass(database_url, show.ages))
        yield show


@contextmanager
def open_demo() -> Iterator[Show]:
    """What a newcomer sees after `make run`, with a session for one of the demo's people."""
    with _running(demo="on") as (show, _):
        _sign_in(show, DEMO_MEMBER)
        yield show


@contextmanager
def _running(*, demo: str) -> Iterator[tuple[Show, str]]:
    with tempfile.TemporaryDirectory() as folder, _database(Path(folder)) as (database_url, redis_url):
        port = free_port()
        settings = {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "PORT": str(port),
            "HOST": "127.0.0.1",
        }
        own = {
            "HUBBUB_DATA_DIR": folder,
            "HUBBUB_DEMO": demo,
            "HUBBUB_DEMO_PASSWORD": PASSWORD,
            # All of its people come from one address, in a hurry.
            "HUBBUB_RATE_LIMITS": "off",
        }
        hubbub = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "dev"], cwd=ROOT, env={**os.environ, **settings, **own}
        )
        try:
            show = Show(f"http://127.0.0.1:{port}")
            _wait_until_ready(show.address)
            yield show, database_url
        finally:
            hubbub.terminate()
            hubbub.wait(PATIENCE)


@contextmanager
def _database(folder: Path) -> Iterator[tuple[str, str]]:
    folder.chmod(0o755)
    database = postgres.start(folder)
    try:
        redis = valkey.start(folder)
        try:
            yield database.url, redis.url
        finally:
            redis.stop()
    finally:
        database.stop()


def _wait_until_ready(address: str) -> None:
    until = time.monotonic() + PATIENCE
    while not _is_ready(address):
        if time.monotonic() > until:
            raise TimeoutError(f"{address} is not ready after {PATIENCE:.0f} s.")
        time.sleep(0.1)


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health/ready", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def _fill(show: Show) -> None:
    members = {username: _sign_up(show, username, name) for username, name in MEMBERS.items()}
    for thread in THREADS:
        _publish(show, members, thread)


def _sign_up(show: Show, username: str, name: str) -> httpx.Client:
    member = httpx.Client(base_url=f"{show.address}/api/v1", timeout=30, trust_env=False)
    fields = {"username": username, "name": name, "email": f"{username}@example.org", "password": PASSWORD}
    member.post("/registrations", json=fields).raise_for_status()
    show.sessions[username] = member.cookies["hubbub_session"]
    return member


def _sign_in(show: Show, username: str) -> None:
    credentials = {"email": f"{username}@demo.invalid", "password": PASSWORD}
    with httpx.Client(base_url=f"{show.address}/api/v1", timeout=30, trust_env=False) as member:
        member.post("/session", json=credentials).raise_for_status()
        show.sessions[username] = member.cookies["hubbub_session"]


def _publish(show: Show, members: dict[str, httpx.Client], thread: Thread) -> None:
    fields = {"title": thread.title, "body": thread.body, "tags": list(thread.tags)}
    post = members[thread.by].post("/posts", json=fields).raise_for_status().json()["data"]
    show.threads[thread.title] = post
    show.ages.append(("posts", post["id"], thread.ago))
    for said in thread.said:
        _answer(show, members, post["id"], said, None)
    for kind, usernames in FELT.get(thread.title, {}).items():
        for username in usernames:
            members[username].put(f"/posts/{post['id']}/reactions/{kind}").raise_for_status()


def _answer(
    show: Show, members: dict[str, httpx.Client], post_id: int, said: Said, parent: int | None
) -> None:
    fields = {"body": said.body, "parent_id": parent}
    comment = (
        members[said.by].post(f"/posts/{post_id}/comments", json=fields).raise_for_status().json()["data"]
    )
    show.ages.append(("comments", comment["id"], said.ago))
    for answer in said.answers:
        _answer(show, members, post_id, answer, comment["id"])


async def _let_time_pass(database_url: str, ages: list[Age]) -> None:
    """Put everything where it belongs in the past; nothing but a picture needs that."""
    database = await asyncpg.connect(database_url)
    try:
        for table, row, minutes in ages:
            await database.execute(
                f"UPDATE {table} SET created_at = now() - make_interval(mins => $1) WHERE id = $2",  # nosec B608  # names of ours
                minutes, row,
            )  # fmt: skip
        await database.execute(
            """UPDATE posts SET last_activity_at = greatest(created_at,
            (SELECT max(created_at) FROM comments WHERE comments.post = posts.id))"""
        )
    finally:
        await database.close()
