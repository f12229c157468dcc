"""CPython's four types under the loads of psq-measure, in the interpreter that runs this file."""

from __future__ import annotations

import multiprocessing
import os
import time
from dataclasses import dataclass
from typing import Any, Callable

_context = multiprocessing.get_context("fork")
_LONGEST = 60  # seconds


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


def _run(processes: list[Any]) -> None:
    for process in processes:
        process.join(_LONGEST)
        if process.exitcode != 0:
            raise RuntimeError(f"a measured process of CPython ended with {process.exitcode}")


def throughput(
    name: str, size: int, producers: int, consumers: int, items: int, bound: int = 0
) -> float:
    """Items a second, from the first put to the last take."""
    carrier = CARRIERS[name](bound)
    item = bytes(size)
    gate = _context.Event()
    begun, ended = (_context.RawArray("d", count) for count in (producers, consumers))

    def produce(which: int) -> None:
        gate.wait()
        begun[which] = time.monotonic()
        put = carrier.put
        for _ in range(items // producers):
            put(item)
        carrier.finish()

    def consume(which: int) -> None:
        gate.wait()
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
    return items / (max(ended) - min(begun))


def round_trips(name: str, size: int, cores: int, items: int) -> float:
    """Round trips a second, between processes on this number of cores."""
    there, back = (CARRIERS[name](0) for _ in range(2))
    item = bytes(size)
    allowed = sorted(os.sched_getaffinity(0))
    took = _context.RawArray("d", 1)

    def answer() -> None:
        os.sched_setaffinity(0, [allowed[min(cores, len(allowed)) - 1]])
        for _ in range(items + 1):
            there.take()
            back.put(item)

    def ask() -> None:
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
    return items / took[0]
