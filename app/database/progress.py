"""How far long work is, for who sits before it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm

from app.database.batches import Step


@contextmanager
def progress_bar(what: str, total: int) -> Iterator[Step]:
    """A line on a terminal that fills as it goes; into a file or a pipe, nothing."""
    with tqdm(total=total, desc=what, disable=None, file=sys.stderr, leave=False, unit="") as bar:
        yield bar.update
