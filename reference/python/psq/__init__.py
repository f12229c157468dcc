"""psq: the queues and pipes of ``multiprocessing``, which survive a killed process.

    from psq import Queue   # in place of: from multiprocessing import Queue

Names, arguments, defaults and exceptions are those of ``multiprocessing``. A process may be killed at
any instruction: its survivors go on, no item is torn or repeated, and the slots and tasks of what the
victim had not yet made visible come back. C++ programs use the same queues (``psq::Queue``).

Objects are given to other processes as those of ``multiprocessing`` are: to a ``Process`` by each start
method, to a ``ProcessPoolExecutor`` by its initializer; and to other programs by ``handle``.
"""

from __future__ import annotations

from ._native import MAX_SIZE, VERSION, Closed
from .queues import JoinableQueue, Queue, SimpleQueue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from queue import Empty, Full
    from typing import Any

    from .connection import Connection, Pipe, wait
    from .contexts import get_context

__all__ = [
    "Closed",
    "Connection",
    "Empty",
    "Full",
    "JoinableQueue",
    "MAX_SIZE",
    "Pipe",
    "Queue",
    "SimpleQueue",
    "get_context",
    "wait",
]
__version__ = VERSION

# These import modules of Python, which takes longer than all else.
_LATER = {
    "Connection": "psq.connection",
    "Empty": "queue",
    "Full": "queue",
    "Pipe": "psq.connection",
    "get_context": "psq.contexts",
    "wait": "psq.connection",
}


def __getattr__(name: str) -> Any:
    """Imports what is not used by each program when it is asked for."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(_LATER[name]), name)
    globals()[name] = value
    return value
