"""Loads as those of psq-measure, in this interpreter, and CPython's four types for them.

What a process is started with can be pickled, for the start methods that do so.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from dataclasses import dataclass
from multiprocessing.util import Finalize
from typing import Any, Callable

_context = multiprocessing.get_context("fork")
_LONGEST = 60  # seconds
# Later than the queues' own at the end of a process, which wait for their threads.
_LAST = -100


@dataclass(frozen=True)
class Carrier:
    put: Callable[[bytes], Any]
    take: Callable[[], Any]
    finish: Callable[[], Any]


def nothing() -> None:
    """The finish of a carrier whose put has done all."""


def _queue(bound: int, context: Any = _context) -> Carrier:
    queue = context.Queue(bound)
    return Carrier(queue.put, queue.get, nothing)


def _simple_queue(_: int, context: Any = _context) -> Carrier:
    queue = context.SimpleQueue()
    return Carrier(queue.put, queue.get, nothing)


def _joinable_queue(bound: int, context: Any = _context) -> Carrier:
    queue = context.JoinableQueue(bound)

    def take() -> None:
        queue.get()
        queue.task_done()

    return Carrier(queue.put, take, queue.join)


def _pipe(_: int, context: Any = _context) -> Carrier:
    receiver, sender = context.Pipe(duplex=False)
    return Carrier(sender.send, receiver.recv, nothing)


CARRIERS = {
    "queue": _queue,
    "simple-queue": _simple_queue,
    "joinable-queue": _joinable_queue,
    "pipe": _pipe,
}


@dataclass(frozen=True)
class Measured:
    rate: float
    """Items or round trips a second."""
    processor: float
    """Seconds of processor time an item, of all processes."""


def _count_processor_time(used: Any, which: int) -> None:
    """Of this process from now to its end."""
    begin = time.process_time()

    def tell() -> None:
        used[which] = time.process_time() - begin

    Finalize(None, tell, exitpriority=_LAST)


def _run(processes: list[Any]) -> None:
    for process in processes:
        process.join(_LONGEST)
        if process.exitcode != 0:
            raise RuntimeError(f"a measured process of CPython ended with {process.exitcode}")


@dataclass(frozen=True)
class _Measurement:
    """What the processes of a measurement share."""

    carrier: Carrier
    item: Any
    started: Any
    """A semaphore that each process releases once it waits for the gate."""
    gate: Any
    begun: Any
    ended: Any
    used: Any

    def begin(self, which: int) -> None:
        self.started.release()
        self.gate.wait()
        _count_processor_time(self.used, which)

    def produce(self, which: int, items: int) -> None:
        self.begin(which)
        self.begun[which] = time.monotonic()
        put = self.carrier.put
        for _ in range(items):
            put(self.item)
        self.carrier.finish()

    def consume(self, which: int, items: int) -> None:
        self.begin(len(self.begun) + which)
        take = self.carrier.take
        for _ in range(items):
            take()
        self.ended[which] = time.monotonic()


def throughput(
    carrier: Carrier, item: Any, producers: int, consumers: int, items: int, method: str = "fork"
) -> Measured:
    """From the first put to the last take, of processes that a start method makes. The carrier is one
    of the same method."""
    context: Any = multiprocessing.get_context(method)
    begun, ended, used = (
        context.RawArray("d", count) for count in (producers, consumers, producers + consumers)
    )
    shared = _Measurement(carrier, item, context.Semaphore(0), context.Event(), begun, ended, used)
    processes = [
        context.Process(target=work, args=(which, items // count), daemon=True)
        for work, count in ((shared.consume, consumers), (shared.produce, producers))
        for which in range(count)
    ]
    for process in processes:
        process.start()
    for _ in processes:
        shared.started.acquire(timeout=_LONGEST)
    shared.gate.set()
    _run(processes)
    return Measured(items / (max(ended) - min(begun)), sum(used) / items)


def round_trips(make: Callable[[int], Carrier], item: Any, cores: int, items: int) -> Measured:
    """Between processes on this number of cores."""
    there, back = (make(0) for _ in range(2))
    allowed = sorted(os.sched_getaffinity(0))
    took, used = _context.RawArray("d", 1), _context.RawArray("d", 2)

    def answer() -> None:
        _count_processor_time(used, 0)
        os.sched_setaffinity(0, [allowed[min(cores, len(allowed)) - 1]])
        for _ in range(items + 1):
            there.take()
            back.put(item)

    def ask() -> None:
        _count_processor_time(used, 1)
        os.sched_setaffinity(0, [allowed[0]])
        there.put(item)
        back.take()
        begun = time.monotonic()
        for _ in range(items):
            there.put(item)
            back.take()
        took[0] = time.monotonic() - begun

    processes = [_context.Process(target=work, daemon=True) for work in (answer, ask)]
    for process in processes:
        process.start()
    _run(processes)
    return Measured(items / took[0], sum(used) / items)
