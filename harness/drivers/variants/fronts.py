"""The queues themselves, with the interface of multiprocessing's, over any store."""

from __future__ import annotations

import math
import queue
from multiprocessing.reduction import ForkingPickler
from typing import Any, Optional

from stores import Store


class _Handle:
    """A handle: of one process, which may close it, and of all its threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._closed = False

    def descriptor(self) -> Optional[int]:
        """See Store."""
        return self._store.descriptor()

    def empty(self) -> bool:
        return self._store.visible() == 0

    def close(self) -> None:
        self._closed = True
        self._store.close()

    def __del__(self) -> None:
        self._store.close()

    def _need_open(self) -> None:
        if self._closed:
            raise ValueError(f"{type(self).__name__} is closed")


class SimpleQueue(_Handle):
    def put(self, value: Any) -> None:
        self._need_open()
        self._store.put(_pickled(value), 0, False, None)

    def get(self) -> Any:
        self._need_open()
        return ForkingPickler.loads(self._store.get(None))

    def empty(self) -> bool:
        self._need_open()
        return super().empty()


class Queue(_Handle):
    _counts_tasks = False

    def __init__(self, store: Store, maxsize: int) -> None:
        super().__init__(store)
        self._maxsize = max(maxsize, 0)

    def put(self, value: Any, block: bool = True, timeout: Optional[float] = None) -> None:
        self._need_open()
        seconds = _seconds(block, timeout)
        if not self._store.put(_pickled(value), self._maxsize, self._counts_tasks, seconds):
            raise queue.Full

    def get(self, block: bool = True, timeout: Optional[float] = None) -> Any:
        self._need_open()
        data = self._store.get(_seconds(block, timeout))
        if data is None:
            raise queue.Empty
        return ForkingPickler.loads(data)

    def qsize(self) -> int:
        return self._store.slots()

    def full(self) -> bool:
        return 0 < self._maxsize <= self._store.slots()

    def join_thread(self) -> None:
        assert self._closed, "the queue is closed first"
        self._store.flushed(wait=True)

    def cancel_join_thread(self) -> None:
        self._store.flushed(wait=False)


class JoinableQueue(Queue):
    _counts_tasks = True

    def task_done(self) -> None:
        if not self._store.task_done():
            raise ValueError("task_done() called too many times")

    def join(self) -> None:
        self._store.join()


def _pickled(value: Any) -> bytes:
    return bytes(ForkingPickler.dumps(value))


def _seconds(block: bool, timeout: Optional[float]) -> Optional[float]:
    if timeout is not None and math.isnan(timeout):
        raise ValueError("a timeout is a number")
    if not block:
        return 0.0
    if timeout is None or timeout == math.inf:
        return None
    return max(timeout, 0.0)
