"""Loads as those of psq-measure, in this interpreter, and CPython's four types for them."""

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


def _queue(bound: int) -> Carrier:
    queue = _context.Queue(bound)
    return Carrier(queue.put, queue.get, lambda: None)


def _simple_queue(_: int) -> Carrier:
    queue = _context.SimpleQueue()
    return Carrier(queue.put, queue.get, lambda: None)


def _joinable_queue(bound: int) -> Carrier:
    queue = _context.JoinableQueue(bound)

    def take() -> None:
        queue.get()
        queue.task_done()

    return Carrier(queue.put, take, queue.join)


def _pipe(_: int) -> Carrier:
    receiver, sender = _context.Pipe(duplex=False)
    return Carrier(sender.send, receiver.recv, lambda: None)


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


def throughput(carrier: Carrier, item: Any, producers: int, consumers: int, items: int) -> Measured:
    """From the first put to the last take."""
    gate = _context.Event()
    begun, ended = (_context.RawArray("d", count) for count in (producers, consumers))
    used = _context.RawArray("d", producers + consumers)

    def produce(which: int) -> None:
        gate.wait()
        _count_processor_time(used, which)
        begun[which] = time.monotonic()
        put = carrier.put
        for _ in range(items // producers):
            put(item)
        carrier.finish()

    def consume(which: int) -> None:
        gate.wait()
        _count_processor_time(used, producers + which)
        take = carrier.take
        for _ in range(items // consumers):
            take()
        ended[which] = time.monotonic()

    processes = [
        _context.Process(target=work, args=(which,), daemon=True)
        for work, count in ((consume, consumers), (produce, producers))
        for which in range(count)
    ]
    for process in processes:
        process.start()
    gate.set()
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
