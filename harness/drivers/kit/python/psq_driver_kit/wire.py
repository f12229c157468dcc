"""The connection to the controller: one JSON object a line."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import threading
from typing import Any, Dict, Iterator, Mapping, Optional

LONGEST_LINE = 1 << 20
_LAST_SECONDS = 5.0
_STANDARD_ERROR = 2
GONE_STATUS = 1
"""Exit status of a process whose controller is gone."""


class Wire:
    """A connection to the controller.

    ``send`` may be called from any thread; ``lines`` from one thread only.  When the connection
    ends the process ends at once, as the protocol demands: neither method reports it.
    """

    def __init__(self, path: str) -> None:
        """Connect to the controller's socket.  Raises OSError."""
        self._socket = _above_standard(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        self._socket.connect(path)
        self._pid = os.getpid()
        self._lock = threading.Lock()

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, message: Mapping[str, Any]) -> None:
        """Write one message whole."""
        line = encode(message)
        if len(line) > LONGEST_LINE:
            line = encode(_too_long(message))
        try:
            with self._lock:
                self._socket.sendall(line)
        except OSError:
            os._exit(GONE_STATUS)

    def send_last(self, message: Mapping[str, Any]) -> None:
        """Write a message, or nothing of it, and return in any case: the process is about to end."""
        if self._pid != os.getpid() or not self._lock.acquire(timeout=_LAST_SECONDS):
            return
        try:
            self._socket.settimeout(_LAST_SECONDS)
            self._socket.sendall(encode(message))
        except OSError:
            pass
        finally:
            self._lock.release()

    def send_for_child(self, message: Mapping[str, Any]) -> None:
        """In a forked child that has no connection: write a short message in one piece, or nothing.

        It takes no lock, which another thread of the parent may have held at the fork, and leaves the
        socket, which it shares with the parent, as it is.
        """
        try:
            self._socket.send(encode(message), socket.MSG_DONTWAIT)
        except OSError:
            pass

    def lines(self) -> Iterator[Optional[bytes]]:
        """Every line as it comes, without its end; None for a line that is too long."""
        pending = b""
        skipping = False
        while True:
            chunk = self._receive()
            *whole, pending = (pending + chunk).split(b"\n")
            for line in whole:
                yield None if skipping or len(line) >= LONGEST_LINE else line
                skipping = False
            if len(pending) >= LONGEST_LINE:
                pending, skipping = b"", True

    def _receive(self) -> bytes:
        try:
            chunk = self._socket.recv(LONGEST_LINE)
        except OSError:
            chunk = b""
        if not chunk:
            os._exit(GONE_STATUS)
        return chunk


def _above_standard(made: socket.socket) -> socket.socket:
    """The same socket, with another number than a standard descriptor: a program that starts without
    these leaves their numbers to the objects."""
    if made.fileno() > _STANDARD_ERROR:
        return made
    with made:
        number = fcntl.fcntl(made.fileno(), fcntl.F_DUPFD, _STANDARD_ERROR + 1)
    os.set_inheritable(number, False)
    return socket.socket(fileno=number)


def encode(message: Mapping[str, Any]) -> bytes:
    """The message as a line.  Unpaired surrogates have no UTF-8: they travel escaped."""
    try:
        text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(message, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def _too_long(message: Mapping[str, Any]) -> Dict[str, Any]:
    kept = {key: message[key] for key in ("id", "event", "index") if key in message}
    error = {
        "type": "AnswerTooLong",
        "message": f"the answer is longer than {LONGEST_LINE} bytes: use smaller JSON values",
    }
    return {**kept, "outcome": "bad_request", "error": error}
