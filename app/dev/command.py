"""What `make run` does: the servers, the schema, web and worker, until Ctrl-C."""

import os
import signal
import time
from functools import partial
from pathlib import Path
from typing import IO, Any

from app.bundled import LaunchError
from app.bundled.folder import hold, plainly
from app.bundled.process import free_port
from app.demo import IS_DEMO, NAME
from app.dev.keeper import Keeper, say
from app.dev.part import Part
from app.dev.servers import start_servers
from app.dev.site import address, is_ready
from app.listen import bind
from app.settings import child_environment, settings

LOOK_EVERY = 0.1  # seconds


def run() -> int:
    """Run Hubbub until a signal; the exit status. Raises LaunchError when it cannot start."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
    kept: list[Keeper] = []
    try:
        with _only_one(settings.data_path):
            return _run(kept)
    except KeyboardInterrupt:
        say("Stopping.")
        return 0
    finally:
        _stop(kept)


def _only_one(data: Path) -> IO[Any]:
    with plainly(data):
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / "hubbub.lock").open("a+")
        lock.seek(0)
        hold(lock, f"Hubbub already runs on {data} (process {lock.read().strip()}).")
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
    return lock


def _run(kept: list[Keeper]) -> int:
    bind(settings.host, settings.port).close()
    port = settings.port or free_port()
    urls = start_servers(kept)
    environment = child_environment(**urls, port=port, env="development")
    environment["PYTHONUNBUFFERED"] = "1"
    status = Part("migrate", environment).wait()
    if status:
        return status
    if settings.demo_allowed and Part("seed", environment).wait() == IS_DEMO:
        environment = {"HUBBUB_NAME": NAME, **environment}
    kept.append(Keeper("The web process", partial(Part, "serve", environment)))
    kept.append(Keeper("The worker", partial(Part, "worker", _quieter(environment))))
    _wait_until_ready(kept, port)
    say(f"\nHubbub is at {address(port)} (Ctrl-C stops it).")
    while True:
        time.sleep(LOOK_EVERY)
        for keeper in kept:
            keeper.look()


def _quieter(environment: dict[str, str]) -> dict[str, str]:
    """Without a line for each job, unless it was asked for: a fresh demo has hundreds, and they bury its accounts."""
    return {"HUBBUB_LOG_LEVEL": "warning", **environment} if settings.log_level == "info" else environment


def _wait_until_ready(kept: list[Keeper], port: int) -> None:
    while not is_ready(port):
        for keeper in kept:
            if keeper.down():
                raise LaunchError(f"{keeper.name} ended before Hubbub was ready; the lines above say why.")
        time.sleep(LOOK_EVERY)


def _stop(kept: list[Keeper]) -> None:
    """Web and worker together, then the servers that they use."""
    for keeper in kept:
        if isinstance(keeper.running, Part):
            keeper.running.ask()
    for keeper in reversed(kept):
        keeper.stop()
