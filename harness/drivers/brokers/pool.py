"""Connections to a server, of which one thread at a time uses each."""

from __future__ import annotations

import os
import queue
import select
import socket
from typing import Callable, Generic, Optional, Set, TypeVar


class PooledConnection:
    """What a pool has to know of a connection."""

    _socket: socket.socket

    @property
    def open(self) -> bool:
        return self._socket.fileno() >= 0

    def ended(self) -> bool:
        """Whether the server is gone: nothing else is to be read between two calls."""
        return bool(select.select([self._socket], [], [], 0)[0])

    def close(self) -> None:
        """Tells the server nothing: it may not be there."""
        self._socket.close()


Connection = TypeVar("Connection", bound=PooledConnection)


class Pool(Generic[Connection]):
    """The connections of whichever process uses it; it goes over a fork.  All threads may use it."""

    def __init__(self) -> None:
        self._pid = 0
        self._free: "queue.SimpleQueue[Connection]" = queue.SimpleQueue()
        # Also of a delivery that was forgotten: it stays held.
        self._used: Set[Connection] = set()

    def take(self, make: Callable[[], Connection]) -> Connection:
        """A connection that is in no use, or a new one; give it back."""
        if self._pid != os.getpid():
            self._pid, self._free, self._used = os.getpid(), queue.SimpleQueue(), set()
        found = self._free_one() or make()
        self._used.add(found)
        return found

    def _free_one(self) -> Optional[Connection]:
        while True:
            try:
                found = self._free.get_nowait()
            except queue.Empty:
                return None
            if not found.ended():
                return found
            found.close()

    def give_back(self, connection: Connection) -> None:
        """One that is closed is forgotten."""
        self._used.discard(connection)
        if connection.open:
            self._free.put(connection)
