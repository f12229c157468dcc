"""Where the items of one queue are, and how its processes wait for each other."""

from __future__ import annotations

import abc
import time
from typing import Callable, Optional, TypeVar

Found = TypeVar("Found")

_SHORTEST_PAUSE = 0.0005
_LONGEST_PAUSE = 0.005
SOON = 0.3  # seconds: a process that runs has done its step on a store by then


class Store(abc.ABC):
    """The items, slots and tasks of one queue.

    All processes and threads that hold the queue may call all of it at the same time.  ``seconds``
    is how long a call may wait: None for ever, 0 not at all.
    """

    @abc.abstractmethod
    def put(self, data: bytes, bound: int, task: bool, seconds: Optional[float]) -> bool:
        """Takes a slot of ``bound``, 0 for no bound, and adds the item, and its task if it is one.
        False when no slot became free."""

    @abc.abstractmethod
    def get(self, seconds: Optional[float]) -> Optional[bytes]:
        """Takes the oldest item and frees its slot; None when there was none."""

    @abc.abstractmethod
    def slots(self) -> int:
        """How many slots are taken."""

    @abc.abstractmethod
    def visible(self) -> int:
        """How many items a get could obtain now."""

    @abc.abstractmethod
    def task_done(self) -> bool:
        """Takes one from the tasks; False when there is none."""

    @abc.abstractmethod
    def join(self) -> None:
        """Waits until there is no task."""

    def flushed(self, wait: bool) -> None:
        """Waits until all that this process put is visible; with ``wait`` false, gives that up."""

    def unbuffered(self) -> "Store":
        """The same place without a buffer before it."""
        return self

    def close(self) -> None:
        """This process puts no more."""

    def descriptor(self) -> Optional[int]:
        """The descriptor that every process with the queue has, if there is one."""
        return None


def poll(attempt: Callable[[], Optional[Found]], seconds: Optional[float]) -> Optional[Found]:
    """Tries again and again until an attempt finds something or the time is over."""
    deadline = None if seconds is None else time.monotonic() + seconds
    pause = _SHORTEST_PAUSE
    while True:
        found = attempt()
        if found is not None:
            return found
        left = _LONGEST_PAUSE if deadline is None else deadline - time.monotonic()
        if left <= 0:
            return None
        time.sleep(min(pause, left))
        pause = min(2 * pause, _LONGEST_PAUSE)
