"""Passwords: Argon2id, in threads of its own so that the loop never waits for it."""

import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

THREADS = 2

# Where cores are few, whoever only reads comes before whoever signs in.
POLITENESS = 10


def _step_back() -> None:
    if sys.platform == "linux":
        # There it is of this thread alone.
        os.nice(POLITENESS)


_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2", initializer=_step_back)


async def hash_password(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the one of this hash; without a hash it takes as long, and is not."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _verify, stored or _nobody(), password)


@cache
def common() -> frozenset[str]:
    """Passwords that everybody tries first, in lower case."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415  # 30,000 words, wanted at a sign-up only

    return frozenset(FREQUENCY_LISTS["passwords"])


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
