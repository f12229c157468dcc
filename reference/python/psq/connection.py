"""``Pipe`` and its ends: as in ``multiprocessing``, whose framing C++ programs share (``psq::Connection``)."""

from __future__ import annotations

import types
from multiprocessing import connection, reduction
from multiprocessing.connection import wait
from typing import Any, Tuple

__all__ = ["Connection", "Pipe", "wait"]


class Connection(connection.Connection):
    """An end of a pipe. One thread at a time uses it.

    A process that is killed leaves the other end an end of the stream, or an OSError when it dies
    within a message. Clauses: failure.kill.pipe-end-of-stream, failure.kill.pipe-broken.
    """

    __class_getitem__ = classmethod(types.GenericAlias)


def Pipe(duplex: bool = True) -> Tuple[Connection, Connection]:
    """Two connected ends; with ``duplex=False`` the first one only receives, the second one only sends."""
    return tuple(_adopted(end) for end in connection.Pipe(duplex))  # type: ignore[return-value]


def _adopted(end: Any) -> Connection:
    """An end of ours that takes over the descriptor."""
    number, end._handle = end.fileno(), None
    return Connection(number, readable=end.readable, writable=end.writable)


def _reduce(end: Connection) -> Tuple[Any, Tuple[Any, ...]]:
    return _rebuilt, (
        type(end),
        reduction.DupFd(end.fileno()),
        end.readable,
        end.writable,
    )


def _rebuilt(of_class: Any, duplicate: Any, readable: bool, writable: bool) -> Connection:
    end: Connection = of_class(duplicate.detach(), readable=readable, writable=writable)
    return end


reduction.register(Connection, _reduce)
