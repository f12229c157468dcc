"""``get_context``: what ``multiprocessing``'s has, with the queues and pipes of psq."""

from __future__ import annotations

import multiprocessing
from typing import Any, Optional

from .connection import Pipe
from .queues import JoinableQueue, Queue, SimpleQueue


class Context:
    """A start method. Everything but queues and pipes is that of ``multiprocessing``'s context."""

    Queue = Queue
    JoinableQueue = JoinableQueue
    SimpleQueue = SimpleQueue
    Pipe = staticmethod(Pipe)

    def __init__(self, base: Any) -> None:
        self._base = base

    def __getattr__(self, name: str) -> Any:
        if name == "_base":  # in a copy that is being made
            raise AttributeError(name)
        return getattr(self._base, name)


def get_context(method: Optional[str] = None) -> Context:
    """The context of a start method. Raises ValueError for one that there is not."""
    return Context(multiprocessing.get_context(method))
