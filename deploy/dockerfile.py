"""Reads our Dockerfile and .dockerignore: the few forms that they use; any other is refused."""

import json
import re
import shlex
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

INSTRUCTIONS = {
    "ARG", "FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "EXPOSE", "HEALTHCHECK", "CMD",
}  # fmt: skip
VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


class StepError(Exception):
    """One line: which step, and why it cannot be done."""


@dataclass(frozen=True)
class Step:
    """One instruction, its continuation lines joined."""

    line: int
    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.name} {' '.join(self.text.split())}"

    def words(self, variables: dict[str, str]) -> list[str]:
        """What follows, as words; `$NAME` stands for what was set before."""
        return shlex.split(VARIABLE.sub(lambda found: variables[found[1] or found[2]], self.text))

    def command(self) -> list[str]:
        """The list form, which needs no shell; RUN, CMD and HEALTHCHECK have no other here."""
        try:
            words = json.loads(self.text)
        except ValueError:
            words = None
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words) or not words:
            raise StepError("only the list form of a command is understood")
        return words


def read_steps(path: Path) -> list[Step]:
    """Every instruction of a Dockerfile, in order."""
    steps, begun, start = [], "", 0
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        start = start if begun else number
        begun += line.strip().removesuffix("\\")
        if not line.rstrip().endswith("\\"):
            name, _, text = begun.partition(" ")
            steps.append(Step(start, name, text.strip()))
            begun = ""
    return steps


class Ignored:
    """What a .dockerignore leaves out: the last pattern that fits a path, or a folder above it, decides."""

    def __init__(self, path: Path) -> None:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self._rules = [line.strip() for line in lines if line.strip() and not line.startswith("#")]

    def __contains__(self, path: Path) -> bool:
        left_out = False
        for rule in self._rules:
            if any(_fits(rule.removeprefix("!"), place) for place in (path, *path.parents[:-1])):
                left_out = not rule.startswith("!")
        return left_out


def _fits(pattern: str, path: Path) -> bool:
    """Whether a pattern names this very path; `*` stays within a name, `**/` is at any depth."""
    if pattern.startswith("**/"):
        return fnmatchcase(path.name, pattern.removeprefix("**/"))
    wanted = pattern.split("/")
    return len(wanted) == len(path.parts) and all(map(fnmatchcase, path.parts, wanted))
