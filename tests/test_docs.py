"""docs/live.md names tests that there are, and leaves no rule out."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
RULES = [f"3.{number}" for number in range(1, 11)] + [f"4.{number}" for number in range(1, 10)]


def read() -> str:
    return (ROOT / "docs" / "live.md").read_text()


@cache
def cases_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, functions)}


def missing(text: str) -> list[str]:
    named = NAMED.findall(text)
    return [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).exists() or name not in cases_in(ROOT / path)
    ]


def test_every_test_that_is_named_exists() -> None:
    assert len(NAMED.findall(read())) > 40
    assert not missing(read())
    assert missing("`tests/test_docs.py::test_of_nothing` `tests/test_none.py::test_it`") == [
        "tests/test_docs.py::test_of_nothing",
        "tests/test_none.py::test_it",
    ]


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_what_holds_it(rule: str) -> None:
    (row,) = (line for line in read().splitlines() if line.startswith(f"| {rule} |"))
    assert NAMED.search(row)


def test_every_failure_says_what_holds_it() -> None:
    table = read().split("## What fails")[1].split("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 10
    assert not [row for row in rows if not NAMED.search(row)]
