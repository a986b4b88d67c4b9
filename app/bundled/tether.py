"""Runs a command that ends when the process that asked for it ends. A script that imports nothing of ours.

usage: tether.py PARENT SIGNAL USER GROUP COMMAND...
PARENT is the pid to live and die with (0: whoever started this), SIGNAL what the command gets when that one
dies, USER and GROUP the numbers to become first (-1: stay). The command takes over this process and its pid.
"""

import ctypes
import os
import sys
import time

PR_SET_PDEATHSIG = 1
LOOK_AGAIN = 0.25  # seconds


def main(arguments: list[str]) -> None:
    parent, death_signal, user, group = (int(number) for number in arguments[:4])
    parent = parent or os.getppid()
    if user >= 0:
        _become(user, group)
    if sys.platform == "linux":
        # After the change of user, which clears it.
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    else:
        _watch(parent, os.getpid(), death_signal)
    if os.getppid() != parent:
        sys.exit(1)
    os.execv(arguments[4], arguments[4:])  # noqa: S606  # nosec  # the command is our own


def _become(user: int, group: int) -> None:
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)


def _watch(parent: int, command: int, death_signal: int) -> None:
    """Where the kernel does not tell: a process beside the command looks whether the parent was reaped."""
    if os.fork():
        os.wait()
        return
    if os.fork():
        os._exit(0)
    # Whoever reads the command's output waits for every holder of it to end.
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(silence, stream)
    while _alive(command):
        if not _alive(parent):
            os.kill(command, death_signal)
            break
        time.sleep(LOOK_AGAIN)
    os._exit(0)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    main(sys.argv[1:])
