"""Pipes with room for several MiB, where the operating system lets this process have them."""

from __future__ import annotations

import contextlib
import socket
from multiprocessing.connection import Connection
from typing import Tuple

_ROOM = 16 << 20
_SO_SNDBUFFORCE = 32


def roomy_pipe(duplex: bool = True) -> Tuple[Connection, Connection]:
    """Two connected ends, each a socket: a pipe of the system cannot be made this large.

    Without the privilege for it, the sockets have the usual room.
    """
    first, second = socket.socketpair()
    for end in (first, second):
        with contextlib.suppress(PermissionError):
            end.setsockopt(socket.SOL_SOCKET, _SO_SNDBUFFORCE, _ROOM)
    if not duplex:
        first.shutdown(socket.SHUT_WR)
        second.shutdown(socket.SHUT_RD)
    return (
        Connection(first.detach(), writable=duplex),
        Connection(second.detach(), readable=duplex),
    )
