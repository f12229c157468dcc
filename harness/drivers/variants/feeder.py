"""A buffer in each process, and a thread that moves what is in it into a store without bounds.

An item is serialized before its put returns and becomes visible later, in the background; at its
normal end a process waits for its buffer to be empty.
"""

from __future__ import annotations

import collections
import os
import threading
from multiprocessing import util
from typing import Deque, Optional

from file_store import FileStore
from stores import Store


class Buffer:
    """The items of one process that are not visible yet.  Its thread starts with the first."""

    def __init__(self, store: FileStore) -> None:
        self._store = store
        self._items: Deque[bytes] = collections.deque()
        self._changed = threading.Condition()
        self._given_up = False
        self._closed = False
        self._at_exit: Optional[util.Finalize] = None

    def add(self, data: bytes) -> None:
        with self._changed:
            self._items.append(data)
            if self._at_exit is None:
                # Both outlive the queue's handle, until all is visible.
                self._at_exit = util.Finalize(None, self.drain, exitpriority=-5)
                threading.Thread(target=self._feed, name="feeder", daemon=True).start()
            self._changed.notify_all()

    def close(self) -> None:
        """No more items come."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def drain(self) -> None:
        """Waits until all is visible, if that was not given up."""
        with self._changed:
            self._changed.wait_for(lambda: self._given_up or not self._items)

    def give_up(self) -> None:
        with self._changed:
            self._given_up = True
            self._changed.notify_all()

    def _feed(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._items or self._closed)
                if not self._items:
                    break
                data = self._items[0]
            self._store.add(data)
            with self._changed:
                self._items.popleft()
                self._changed.notify_all()
        if self._at_exit is not None:
            self._at_exit.cancel()


class FedStore(Store):
    """Slots and tasks are counted in the store at once, items follow through the buffer."""

    def __init__(self, store: FileStore) -> None:
        self._store = store
        self._pid = os.getpid()
        self._buffer = Buffer(store)

    def _own_buffer(self) -> Buffer:
        if self._pid != os.getpid():  # a forked child: what is in the buffer is its parent's
            self._pid, self._buffer = os.getpid(), Buffer(self._store)
        return self._buffer

    def descriptor(self) -> Optional[int]:
        return self._store.descriptor()

    def put(self, data: bytes, bound: int, task: bool, seconds: Optional[float]) -> bool:
        if not self._store.reserve(bound, task, seconds):
            return False
        self._own_buffer().add(data)
        return True

    def get(self, seconds: Optional[float]) -> Optional[bytes]:
        return self._store.get(seconds)

    def slots(self) -> int:
        return self._store.slots()

    def visible(self) -> int:
        return self._store.visible()

    def task_done(self) -> bool:
        return self._store.task_done()

    def join(self) -> None:
        self._store.join()

    def flushed(self, wait: bool) -> None:
        if wait:
            self._own_buffer().drain()
        else:
            self._own_buffer().give_up()

    def unbuffered(self) -> Store:
        return self._store

    def close(self) -> None:
        self._own_buffer().close()
