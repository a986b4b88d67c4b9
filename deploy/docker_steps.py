"""Does the Dockerfile's steps in an empty folder, without an engine, and starts what comes out.

usage: python3 deploy/docker_steps.py FOLDER [CONTEXT]

CONTEXT is this checkout when it is not named. DATABASE_URL and REDIS_URL say where the container's servers are.
"""

import http.client
import os
import re
import socket
import sys
import time
from pathlib import Path

from docker_container import Container, Process, give_write_permission
from docker_image import Build, Stage
from dockerfile import StepError

SERVERS = ("DATABASE_URL", "REDIS_URL")
STYLE_SHEET = re.compile(r'href="(/static/[^"]+\.css)"')


def main() -> None:
    if len(sys.argv) not in {2, 3}:
        sys.exit("usage: python3 deploy/docker_steps.py FOLDER [CONTEXT]")
    folder = Path(sys.argv[1]).resolve()
    context = Path(sys.argv[2] if sys.argv[2:] else Path(__file__).parent.parent).resolve()
    try:
        _check(folder)
        image = Build(context, folder, _say).run()
        _say(f"The image has {_megabytes(image.root)} MB beside its Python.")
        _try_out(image)
    except StepError as error:
        sys.exit(str(error))


def _check(folder: Path) -> None:
    if not folder.is_dir() or any(folder.iterdir()):
        raise StepError(f"{folder} is not an empty folder")
    for name in SERVERS:
        if not os.environ.get(name):
            raise StepError(f"{name} is not set; what comes out has no server of its own")


def _try_out(image: Stage) -> None:
    # The machine's own network is not a container's, so nobody else is let in.
    port = _free_port()
    given = {name: os.environ[name] for name in SERVERS} | {"HOST": "127.0.0.1", "PORT": str(port)}
    processes: list[Process] = []
    try:
        container = Container(image, given)
        _say(f"It runs {container.sealed}.")
        container.start(["hubbub", "migrate"]).finish()
        _say("hubbub migrate: done.")
        _serve_and_work(container, port, processes)
    finally:
        for process in processes:
            process.kill()
        give_write_permission(image.root)


def _serve_and_work(container: Container, port: int, processes: list[Process]) -> None:
    image, begun = container.image, time.monotonic()
    web = container.start(image.command)
    processes.append(web)
    web.wait_until(lambda: container.start(image.health).succeeds(), "was asked for its health")
    _say(f"{web.name}: healthy after {time.monotonic() - begun:.1f} s.")
    _look_at(port)
    worker = container.start(["hubbub", "worker"])
    processes.append(worker)
    worker.wait_until(lambda: "worker_ready" in worker.said(), "was waited for")
    _say(f"{worker.name}: ready.")
    for process in (worker, web):
        process.stop()
        _say(f"{process.name}: stopped by SIGTERM.")


def _look_at(port: int) -> None:
    """A page and its style sheet: templates and static files have arrived."""
    page = _get(port, "/")
    found = STYLE_SHEET.search(page)
    if found is None:
        raise StepError("the front page has no style sheet")
    _say(f"The front page and its style sheet answer ({len(page) + len(_get(port, found[1]))} bytes).")


def _get(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    if answer.status != http.client.OK:
        raise StepError(f"{path} answers {answer.status}")
    return text


def _megabytes(root: Path) -> int:
    local = root / "usr/local"
    files = (path for path in root.rglob("*") if not path.is_symlink() and local not in path.parents)
    return round(sum(path.stat().st_size for path in files if path.is_file()) / 1e6)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
