"""The server of the broker: it keeps all items, one thread for each connection.

A request is a length and a pickled tuple, and so is its answer. A client that is gone is never
handed an item: the server looks before each step. The server ends with its last connection.
"""

from __future__ import annotations

import collections
import os
import pickle
import select
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Deque, Dict, Optional

_LENGTH = struct.Struct("=q")
_LOOKS_AGAIN = 0.1  # seconds: a client may go while it waits


def send(peer: socket.socket, message: Any) -> None:
    """Sends one message.  Raises OSError when the peer is gone."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    peer.sendall(_LENGTH.pack(len(data)) + data)


def receive(peer: socket.socket) -> Any:
    """Receives one message.  Raises EOFError or OSError when the peer is gone."""
    (length,) = _LENGTH.unpack(_exactly(peer, _LENGTH.size))
    return pickle.loads(_exactly(peer, length))


def _exactly(peer: socket.socket, size: int) -> bytearray:
    data = bytearray(size)
    rest = memoryview(data)
    while rest:
        count = peer.recv_into(rest)
        if count == 0:
            raise EOFError("the peer is gone")
        rest = rest[count:]
    return data


@dataclass
class _Queue:
    items: Deque[bytes] = field(default_factory=collections.deque)
    tasks: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)


class Server:
    """Serves the connections that come to a listening socket until the last one ends."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._queues: Dict[int, _Queue] = {}
        self._lock = threading.Lock()
        self._connections = 0

    def run(self) -> None:
        while True:
            peer, _ = self._listener.accept()
            with self._lock:
                self._connections += 1
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        try:
            while True:
                do, *arguments = receive(peer)
                send(peer, getattr(self, "_" + do)(peer, *arguments))
        except (OSError, EOFError):
            peer.close()
        with self._lock:
            self._connections -= 1
            if self._connections == 0:
                os._exit(0)

    def _hello(self, peer: socket.socket) -> None:
        """The answer shows that the connection counts."""

    def _create(self, peer: socket.socket) -> int:
        with self._lock:
            number = len(self._queues)
            self._queues[number] = _Queue()
            return number

    def _put(
        self,
        peer: socket.socket,
        number: int,
        data: bytes,
        bound: int,
        task: bool,
        seconds: Optional[float],
    ) -> bool:
        queue = self._queues[number]

        def attempt() -> Optional[bool]:
            if 0 < bound <= len(queue.items):
                return None
            queue.items.append(data)
            queue.tasks += task
            return True

        return bool(self._wait(peer, queue, attempt, seconds))

    def _get(self, peer: socket.socket, number: int, seconds: Optional[float]) -> Optional[bytes]:
        queue = self._queues[number]
        return self._wait(
            peer, queue, lambda: queue.items.popleft() if queue.items else None, seconds
        )

    def _size(self, peer: socket.socket, number: int) -> int:
        return len(self._queues[number].items)

    def _task_done(self, peer: socket.socket, number: int) -> bool:
        queue = self._queues[number]
        with queue.changed:
            if queue.tasks == 0:
                return False
            queue.tasks -= 1
            queue.changed.notify_all()
            return True

    def _join(self, peer: socket.socket, number: int) -> None:
        queue = self._queues[number]
        self._wait(peer, queue, lambda: True if queue.tasks == 0 else None, None)

    def _wait(
        self,
        peer: socket.socket,
        queue: _Queue,
        attempt: Callable[[], Any],
        seconds: Optional[float],
    ) -> Any:
        deadline = None if seconds is None else time.monotonic() + seconds
        with queue.changed:
            while True:
                _need_there(peer)
                found = attempt()
                if found is not None:
                    queue.changed.notify_all()
                    return found
                left = _LOOKS_AGAIN if deadline is None else deadline - time.monotonic()
                if left <= 0:
                    return None
                queue.changed.wait(min(left, _LOOKS_AGAIN))


def _need_there(peer: socket.socket) -> None:
    poller = select.poll()
    poller.register(peer, select.POLLRDHUP)
    if poller.poll(0):
        raise EOFError("the peer is gone")
