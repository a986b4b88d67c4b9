"""The address that Hubbub answers on."""

import errno
import socket

from app.bundled import LaunchError


def bind(host: str, port: int) -> socket.socket:
    """A socket bound to the address; nothing is accepted yet. Raises LaunchError."""
    try:
        family, kind, number, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, number)
    except OSError as error:
        raise LaunchError(f"HOST={host} is not an address of this machine: {error.strerror}.") from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise LaunchError(_refused(host, port, error)) from None
    return listener


def _refused(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program. PORT chooses another one: PORT={port + 1} make run"
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights than this user has. PORT chooses another one."
    return f"Hubbub cannot listen on HOST={host}, PORT={port}: {error.strerror}."
