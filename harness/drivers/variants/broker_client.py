"""The broker, as the processes that use it see it: a connection for each thread."""

from __future__ import annotations

import os
import socket
import threading
import uuid
import weakref
from typing import Any, Optional

from broker_server import Server, receive, send
from stores import Store

_state: Optional["_Connections"] = None
# A forked child closes what it inherited: a copy would hide its parent's death from the server.
_sockets: "weakref.WeakSet[socket.socket]" = weakref.WeakSet()


class _Connections(threading.local):
    """This thread's connection to the server, made when it is needed first."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._pid = 0
        self._peer: Optional[socket.socket] = None

    def ask(self, *request: Any) -> Any:
        """Sends a request and waits for its answer."""
        if self._peer is None or self._pid != os.getpid():
            self._peer, self._pid = connect(self._address), os.getpid()
        send(self._peer, request)
        return receive(self._peer)


def connect(address: str) -> socket.socket:
    """A new connection, which the server counts."""
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    _sockets.add(peer)
    peer.connect(address)
    send(peer, ("hello",))
    receive(peer)
    return peer


def prepare(address: Optional[str]) -> str:
    """Starts the server, or uses the one that listens at ``address``; its address."""
    global _state
    if address is None:
        # An abstract address leaves nothing in the file system when a process is killed.
        address = f"\0variant-broker-{uuid.uuid4().hex}"
        _start_server(address)
    for inherited in list(_sockets):
        inherited.close()
    _state = _Connections(address)
    _state.ask("hello")
    return address


def _start_server(address: str) -> None:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(address)
    listener.listen(128)
    if os.fork() == 0:
        try:
            Server(listener).run()
        finally:
            os._exit(70)
    listener.close()


def _ask(*request: Any) -> Any:
    assert _state is not None, "prepare() comes first"
    return _state.ask(*request)


class BrokerStore(Store):
    """One queue of the server, by number."""

    def __init__(self) -> None:
        self._number = _ask("create")

    def put(self, data: bytes, bound: int, task: bool, seconds: Optional[float]) -> bool:
        return bool(_ask("put", self._number, data, bound, task, seconds))

    def get(self, seconds: Optional[float]) -> Optional[bytes]:
        found: Optional[bytes] = _ask("get", self._number, seconds)
        return found

    def slots(self) -> int:
        return int(_ask("size", self._number))

    def visible(self) -> int:
        return self.slots()

    def task_done(self) -> bool:
        return bool(_ask("task_done", self._number))

    def join(self) -> None:
        _ask("join", self._number)
