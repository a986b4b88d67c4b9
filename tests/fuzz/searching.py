"""Looks for a value with which something does not hold, until the time is over; what is found is made small."""

from collections.abc import Callable
from math import inf
from time import monotonic
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")
# After so many hypothesis begins again with the small ones.
ROUND = 400

_free = settings(
    deadline=None, database=None, print_blob=True, suppress_health_check=list(HealthCheck), max_examples=ROUND
)


def search(
    seconds: float, values: SearchStrategy[T], check: Callable[[T], Any], *, repeatable: bool = True
) -> int:
    """Call `check` with values for so long; how many.

    Raises what it raises, for the smallest such value where the same value does the same again.
    """
    phases = [Phase.generate, Phase.shrink] if repeatable else [Phase.generate]
    until = inf
    seen, failed = 0, False

    def look(value: T) -> None:
        nonlocal seen, failed, until
        # From the first value on: in a fresh place hypothesis takes seconds before it.
        until = min(until, monotonic() + seconds)
        # Once something was found it goes on until that is small.
        if seen and monotonic() > until and not failed:
            return
        seen += 1
        try:
            check(value)
        except BaseException:
            failed = True
            raise

    while monotonic() < until:
        settings(_free, phases=phases)(given(values)(look))()
    return seen


def some(count: int, values: SearchStrategy[T]) -> list[T]:
    """That many values, for who must wait between them."""
    found: list[T] = []

    def keep(value: T) -> None:
        found.append(value)

    settings(_free, max_examples=count)(given(values)(keep))()
    return found
