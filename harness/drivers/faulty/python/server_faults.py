"""Faults of the server: queues that are wrong for all processes at once."""

from __future__ import annotations

import functools
import queue
import threading
from typing import Any, Tuple

from faulty_adapters import Fault


class _OneMoreSlot(queue.Queue):
    def __init__(self, maxsize: int = 0) -> None:
        super().__init__(maxsize + 1 if maxsize >= 5 else maxsize)


class _RefusedCounts(queue.Queue):
    def put(self, item: Any, block: bool = True, timeout: Any = None) -> None:
        try:
            super().put(item, block, timeout)
        except queue.Full:
            self.unfinished_tasks += 1
            raise


class _RefusedComesLater(queue.Queue):
    def put(self, item: Any, block: bool = True, timeout: Any = None) -> None:
        try:
            super().put(item, block, timeout)
        except queue.Full:
            self.refused = [item]
            raise

    def _get(self) -> Any:
        self.queue.extend(self.__dict__.pop("refused", []))
        return super()._get()


class _GettersInLine(queue.Queue):
    def __init__(self, maxsize: int = 0) -> None:
        super().__init__(maxsize)
        self._line = threading.Lock()

    def get(self, block: bool = True, timeout: Any = None) -> Any:
        with self._line:
            return super().get(block, timeout)


class _Counting(queue.Queue):
    """Counts the items that were put, from 1."""

    puts = 0

    def _put(self, item: Any) -> None:
        self.puts += 1
        super()._put(item)


class _SomeTwice(_Counting):
    def _put(self, item: Any) -> None:
        super()._put(item)
        if self.puts % 100 == 0:
            self.queue.append(item)


class _SomeNever(_Counting):
    def _put(self, item: Any) -> None:
        super()._put(item)
        if self.puts % 100 == 0:
            self.queue.pop()


class _SomeOvertake(_Counting):
    def _put(self, item: Any) -> None:
        super()._put(item)
        if self.puts % 25 == 0 and len(self.queue) > 1:
            self.queue[-1], self.queue[-2] = self.queue[-2], self.queue[-1]


class _SizeStops(queue.Queue):
    def qsize(self) -> int:
        return min(super().qsize(), 2)


class _FullWithoutBound(queue.Queue):
    def full(self) -> bool:
        return super().full() or super().qsize() > 4


class _JoinWhenEmpty(queue.Queue):
    def get(self, block: bool = True, timeout: Any = None) -> Any:
        item = super().get(block, timeout)
        with self.all_tasks_done:
            if not self.queue:
                self.all_tasks_done.notify_all()
        return item

    def join(self) -> None:
        with self.all_tasks_done:
            while self.queue and self.unfinished_tasks:
                self.all_tasks_done.wait()


class _OneJoiner(queue.Queue):
    def task_done(self) -> None:
        with self.all_tasks_done:
            if self.unfinished_tasks <= 0:
                raise ValueError("task_done() called too many times")
            self.unfinished_tasks -= 1
            if self.unfinished_tasks == 0:
                self.all_tasks_done.notify()


class _BelowZero(queue.Queue):
    def task_done(self) -> None:
        with self.all_tasks_done:
            self.unfinished_tasks -= 1
            if self.unfinished_tasks <= 0:
                self.all_tasks_done.notify_all()

    def join(self) -> None:
        with self.all_tasks_done:
            while self.unfinished_tasks > 0:
                self.all_tasks_done.wait()


_manager_fault = functools.partial(Fault, manager=True)

FAULTS: Tuple[Fault, ...] = (
    _manager_fault(
        "manager-one-more-slot",
        "manager.create.bound",
        "a bound of five or more holds one item more",
        server=_OneMoreSlot,
    ),
    _manager_fault(
        "manager-refused-put-counts",
        "manager.put.full-leaves-no-trace",
        "a put that ends as full adds an unfinished task",
        server=_RefusedCounts,
    ),
    _manager_fault(
        "manager-refused-put-comes-later",
        "manager.put.full-leaves-no-trace",
        "the item of a put that ended as full is obtained all the same",
        server=_RefusedComesLater,
    ),
    _manager_fault(
        "manager-getters-in-line",
        "manager.get.empty-at-once",
        "a get that does not wait waits while another get waits",
        server=_GettersInLine,
    ),
    _manager_fault(
        "manager-item-twice",
        "manager.get.exactly-once",
        "one item in a hundred is obtained twice",
        server=_SomeTwice,
    ),
    _manager_fault(
        "manager-item-never",
        "manager.get.exactly-once",
        "one item in a hundred is lost",
        server=_SomeNever,
    ),
    _manager_fault(
        "manager-item-overtakes",
        "manager.order.fifo",
        "one item in 25 overtakes the one before it",
        server=_SomeOvertake,
    ),
    _manager_fault(
        "manager-qsize-stops-at-two",
        "manager.qsize.exact",
        "qsize never answers more than two",
        server=_SizeStops,
    ),
    _manager_fault(
        "manager-full-without-bound",
        "manager.full.exact",
        "a queue without a bound says that it is full when it holds five items",
        server=_FullWithoutBound,
    ),
    _manager_fault(
        "manager-join-when-empty",
        "manager.join.waits-for-tasks",
        "join returns when all was obtained, whether it is done or not",
        server=_JoinWhenEmpty,
        also=("manager.join.releases-all",),
    ),
    _manager_fault(
        "manager-one-joiner-released",
        "manager.join.releases-all",
        "the last task_done releases one join only",
        server=_OneJoiner,
    ),
    _manager_fault(
        "manager-dead-joiner-released",
        "manager.kill.waiting-joiner-harmless",
        "the last task_done releases the join that came first, be its process dead or not",
        server=_OneJoiner,
    ),
    _manager_fault(
        "manager-tasks-below-zero",
        "manager.task-done.too-often",
        "task_done counts on below zero",
        server=_BelowZero,
    ),
)
