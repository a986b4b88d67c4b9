"""Does a Dockerfile's steps in a folder: what would be `/` in the image is `root` in it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import docker_base
from dockerfile import INSTRUCTIONS, Ignored, Step, StepError, read_steps

# What this machine needs to reach its packages; an engine passes proxies on in the same way.
PASSED = ("UV_", "PIP_", "SSL_")
PROXIES = {"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"}
RUN_SECONDS = 600


@dataclass
class Stage:
    """One stage: what its steps have set so far."""

    name: str
    root: Path
    env: dict[str, str]
    work: PurePosixPath = field(default_factory=lambda: PurePosixPath("/"))
    user: tuple[int, int] = (0, 0)
    health: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)

    def place(self, path: str) -> Path:
        """Where a path of the image is on this machine."""
        return self.root / str(self.work / path).lstrip("/")

    def environment(self) -> dict[str, str]:
        """Its variables; places that are in the image are named as this machine has them."""
        return {name: ":".join(map(self._here, value.split(":"))) for name, value in self.env.items()}

    def _here(self, part: str) -> str:
        inside = part.startswith("/") and (self.root / part.lstrip("/")).exists()
        return f"{self.root}{part}" if inside else part


class Build:
    """The steps, done one after another; the last stage stays."""

    def __init__(self, context: Path, folder: Path, say: Callable[[str], None]) -> None:
        self.context, self.folder, self.say = context, folder, say
        self.ignored = Ignored(context / ".dockerignore")
        # The base is this machine's Python, so this is what an image is told.
        self.arguments = {"PYTHON": f"{sys.version_info.major}.{sys.version_info.minor}"}
        self.stages: dict[str, Path] = {}
        self.stage: Stage | None = None

    def run(self) -> Stage:
        for step in read_steps(self.context / "Dockerfile"):
            self.say(str(step))
            try:
                self._do(step)
            except (StepError, OSError, KeyError, ValueError) as error:
                reason = f"{error} is not set" if isinstance(error, KeyError) else str(error)
                raise StepError(f"Dockerfile line {step.line}, {step.name}: {reason}") from error
        if self.stage is None or not self.stage.command:
            raise StepError("Dockerfile: nothing to start comes out of it")
        shutil.rmtree(self.folder / "stages", ignore_errors=True)
        return self.stage

    def _do(self, step: Step) -> None:
        if step.name not in INSTRUCTIONS:
            raise StepError("not an instruction that is understood here")
        if step.name == "ARG":
            name, _, default = step.text.partition("=")
            self.arguments.setdefault(name, default)
        elif step.name == "FROM":
            self._from(step.words(self.arguments))
        elif self.stage is None:
            raise StepError("stands before FROM")
        else:
            getattr(self, f"_{step.name.lower()}")(self.stage, step)

    def _from(self, words: list[str]) -> None:
        base, name = words[0], words[-1] if words[1:] else ""
        if not base.startswith("python:"):
            raise StepError(f"{base} is not a Python, and no other base is understood")
        root = self.folder / "root"
        if self.stage is not None:
            # Every stage is at the same place while it is made, as scripts name theirs.
            kept = self.folder / "stages" / (self.stage.name or str(len(self.stages)))
            kept.parent.mkdir(exist_ok=True)
            self.stages[self.stage.name] = root.rename(kept)
        self.stage = Stage(name, root, docker_base.put_python(root))

    def _workdir(self, stage: Stage, step: Step) -> None:
        stage.work /= step.text
        stage.place("").mkdir(parents=True, exist_ok=True)

    def _copy(self, stage: Stage, step: Step) -> None:
        words = step.words(stage.env)
        flags = [word for word in words if word.startswith("--")]
        *sources, target = words[len(flags) :]
        into = target.endswith("/") or len(sources) > 1
        for source in sources:
            origin, ignore = self._origin(source, flags)
            goal = stage.place(target) / (origin.name if into and not origin.is_dir() else "")
            goal.parent.mkdir(parents=True, exist_ok=True)
            if origin.is_dir():
                # A stage that is copied from goes away: its files need not be there twice.
                put = os.link if flags else shutil.copy2
                shutil.copytree(
                    origin, goal, symlinks=True, dirs_exist_ok=True, ignore=ignore, copy_function=put
                )
            else:
                shutil.copy2(origin, goal)

    def _origin(self, source: str, flags: list[str]) -> "tuple[Path, Callable | None]":
        if flags:
            name = flags[0].removeprefix("--from=")
            if len(flags) > 1 or name not in self.stages:
                raise StepError(f"{' '.join(flags)} is not understood, or names no stage before this one")
            return self.stages[name] / source.lstrip("/"), None
        if not (self.context / source).exists() or Path(source) in self.ignored:
            raise StepError(f"{source} is not there, or left out by .dockerignore")
        return self.context / source, self._left_out

    def _left_out(self, folder: str, names: list[str]) -> set[str]:
        here = Path(folder).relative_to(self.context)
        return {name for name in names if here / name in self.ignored}

    def _run(self, stage: Stage, step: Step) -> None:
        if stage.user != (0, 0):
            raise StepError("only understood before USER")
        passed = {
            name: value
            for name, value in os.environ.items()
            if name.startswith(PASSED) or name.upper() in PROXIES or name == "HOME"
        }
        # Not linked with the cache of this machine, as we shall take permissions from the files.
        own = {"UV_PYTHON_DOWNLOADS": "never", "UV_LINK_MODE": "copy"}
        environment = {**passed, **own, **stage.environment()}
        done = subprocess.run(
            step.command(), cwd=stage.place(""), env=environment, capture_output=True, text=True,
            timeout=RUN_SECONDS, check=False,
        )  # fmt: skip
        if done.returncode:
            said = (done.stderr + done.stdout).split("\n")
            last = next((line.strip() for line in reversed(said) if line.strip()), "it said nothing")
            raise StepError(f"exit status {done.returncode}: {last}")

    def _env(self, stage: Stage, step: Step) -> None:
        stage.env.update(word.split("=", 1) for word in step.words(stage.env))

    def _user(self, stage: Stage, step: Step) -> None:
        user, _, group = step.text.partition(":")
        stage.user = int(user), int(group or user)

    def _expose(self, stage: Stage, step: Step) -> None:
        int(step.text)

    def _healthcheck(self, stage: Stage, step: Step) -> None:
        flags, _, command = step.text.partition("CMD ")
        if not all(flag.startswith("--") for flag in flags.split()):
            raise StepError("only options and CMD are understood")
        stage.health = Step(step.line, "CMD", command.strip()).command()

    def _cmd(self, stage: Stage, step: Step) -> None:
        stage.command = step.command()
