"""Hashing a password takes a core for a while; it must not be the one of those who read."""

import os
import sys
import threading

import pytest

from app.accounts import passwords
from app.accounts.passwords import POLITENESS, hash_password, matches
from tests.cast import PASSWORD


async def test_a_password_is_hashed_on_other_threads_than_everything_else() -> None:
    hashed = await hash_password(PASSWORD)
    assert await matches(hashed, PASSWORD)
    assert not await matches(hashed, "another pass phrase")
    assert threading.get_ident() not in {thread.ident for thread in passwords._threads._threads}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads have no priority of their own")
async def test_whoever_hashes_comes_after_whoever_reads() -> None:
    await hash_password(PASSWORD)
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    hashing = {
        os.getpriority(os.PRIO_PROCESS, thread.native_id or 0) for thread in passwords._threads._threads
    }
    assert hashing == {min(19, own + POLITENESS)}
