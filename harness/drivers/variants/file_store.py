"""A queue in one file that lives in memory: a header, and the items behind each other.

A step is done under a lock that the kernel takes back from a process that dies. The one write of
the header ends it: what a dead process had written without it never happened. The file starts over
whenever the queue is empty.

No call waits for the lock: one that does not have it soon has not succeeded yet, and looks again if it has time.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
import threading
import time
from dataclasses import dataclass
from typing import Callable, Iterator, Optional

from stores import SOON, Found, Store, poll

_HEADER = struct.Struct("=qqqqq")
_LENGTH = struct.Struct("=q")
_PAUSE = 0.0005


@dataclass
class State:
    """The header: where the oldest item starts and the newest ends, and three counts."""

    head: int = _HEADER.size
    tail: int = _HEADER.size
    slots: int = 0
    visible: int = 0
    tasks: int = 0


def _lock(file: int) -> bool:
    """Takes the file's lock, unless another process keeps it for long: that one may be stopped."""
    deadline = time.monotonic() + SOON
    while True:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(_PAUSE)


class FileStore(Store):
    """To be handed to children by fork."""

    def __init__(self) -> None:
        self._file = os.memfd_create("queue", os.MFD_CLOEXEC)
        self._pid = os.getpid()
        self._threads = threading.Lock()
        self._write(State())

    def __del__(self) -> None:
        os.close(self._file)

    def descriptor(self) -> Optional[int]:
        return self._file

    def put(self, data: bytes, bound: int, task: bool, seconds: Optional[float]) -> bool:
        def step(state: State) -> Optional[bool]:
            if not self._take_slot(state, bound, task):
                return None
            self._add(state, data)
            return True

        return self._when_free(step, bound, seconds)

    def reserve(self, bound: int, task: bool, seconds: Optional[float]) -> bool:
        """The first half of a put: its slot and its task."""
        return self._when_free(
            lambda state: self._take_slot(state, bound, task) or None, bound, seconds
        )

    def add(self, data: bytes) -> None:
        """The second half of a put: the item, for which there is a slot."""

        def step(state: State) -> bool:
            self._add(state, data)
            return True

        poll(lambda: self._step(step), None)

    def get(self, seconds: Optional[float]) -> Optional[bytes]:
        return poll(self._take, seconds)

    def slots(self) -> int:
        return self._state().slots

    def visible(self) -> int:
        return self._state().visible

    def task_done(self) -> bool:
        def step(state: State) -> bool:
            if state.tasks == 0:
                return False
            state.tasks -= 1
            return True

        return bool(poll(lambda: self._step(step), None))

    def join(self) -> None:
        poll(lambda: True if self._state().tasks == 0 else None, None)

    def _when_free(
        self, step: Callable[[State], Optional[bool]], bound: int, seconds: Optional[float]
    ) -> bool:
        def attempt() -> Optional[bool]:
            return None if 0 < bound <= self._state().slots else self._step(step)

        return bool(poll(attempt, seconds))

    @staticmethod
    def _take_slot(state: State, bound: int, task: bool) -> bool:
        if 0 < bound <= state.slots:
            return False
        state.slots += 1
        state.tasks += task
        return True

    def _add(self, state: State, data: bytes) -> None:
        record = memoryview(_LENGTH.pack(len(data)) + data)
        while record:
            written = os.pwrite(self._file, record, state.tail)
            state.tail += written
            record = record[written:]
        state.visible += 1

    def _take(self) -> Optional[bytes]:
        return None if self._state().visible == 0 else self._step(self._take_oldest)

    def _take_oldest(self, state: State) -> Optional[bytes]:
        if state.visible == 0:
            return None
        (length,) = _LENGTH.unpack(self._read(_LENGTH.size, state.head))
        data = self._read(length, state.head + _LENGTH.size)
        state.head += _LENGTH.size + length
        state.visible -= 1
        state.slots -= 1
        if state.visible == 0:
            state.head = state.tail = _HEADER.size
        return data

    def _read(self, size: int, at: int) -> bytes:
        found = b""
        while len(found) < size:
            found += os.pread(self._file, size - len(found), at + len(found))
        return found

    def _state(self) -> State:
        """One look. Without the lock, so that no process waits for one that is stopped while it waits."""
        return State(*_HEADER.unpack(os.pread(self._file, _HEADER.size, 0)))

    def _write(self, state: State) -> None:
        values = (state.head, state.tail, state.slots, state.visible, state.tasks)
        os.pwrite(self._file, _HEADER.pack(*values), 0)

    def _step(self, step: Callable[[State], Optional[Found]]) -> Optional[Found]:
        """One step on the state, which is written back at its end; None when another process is in one for long."""
        with self._locked() as locked:
            if not locked:
                return None
            before = self._state()
            state = State(**vars(before))
            found = step(state)
            if state != before:
                self._write(state)
            return found

    @contextlib.contextmanager
    def _locked(self) -> Iterator[bool]:
        """The lock of a step, which no other process and no other thread has meanwhile; or False, soon."""
        if self._pid != os.getpid():  # a forked child, in which no thread of the parent is left
            self._pid, self._threads = os.getpid(), threading.Lock()
        with self._threads:  # the kernel's lock is one for all threads of a process
            if not _lock(self._file):
                yield False
                return
            try:
                yield True
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
