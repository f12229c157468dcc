#!/usr/bin/env python3
"""A pool of workers that are killed at random, with multiprocessing.Queue and with psq.Queue.

    PYTHONPATH=build/python reference/python/examples/killed_workers.py

The pool is the same program each time; only the type of its queues differs. A kill is SIGKILL, as from
the kernel when memory runs out. A watchdog ends the pool when no result comes for some seconds. A
task of a killed worker is not done again: it is reported, and the caller decides.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import signal
import sys
import time
from queue import Empty
from typing import Any, Counter, List

import psq

TYPES = {"multiprocessing": multiprocessing.Queue, "psq": psq.Queue}
_context: Any = multiprocessing.get_context("fork")


def work(tasks: Any, results: Any) -> None:
    while (number := tasks.get()) is not None:
        time.sleep(number % 4 / 1000)
        results.put((number, number * number))


class Hangs(Exception):
    """The watchdog's."""


class Pool:
    def __init__(self, queue_type: Any, size: int, patience: int) -> None:
        self.tasks, self.results = queue_type(), queue_type()
        self.done: Counter[int] = Counter()
        self.killed = 0
        self._patience = patience
        self._workers: List[Any] = []
        signal.signal(signal.SIGALRM, self._watchdog)
        signal.alarm(patience)
        for _ in range(size):
            self._start()

    def run(self, count: int, kills: int) -> None:
        """Raises Hangs."""
        for number in range(count):
            self.tasks.put(number)
            if self.killed * count < number * kills:
                self._kill_one()
            self._collect()
            time.sleep(0.001)  # Tasks come now and then; some workers wait for one.
        for _ in self._workers:
            self.tasks.put(None)
        while any(worker.is_alive() for worker in self._workers):
            self._collect(0.05)
        self._collect()  # A worker that has ended has sent all that it put.

    def end(self) -> None:
        signal.alarm(0)
        self.tasks.cancel_join_thread()
        for worker in self._workers:
            worker.kill()
            worker.join()

    def alive(self) -> int:
        return sum(worker.is_alive() for worker in self._workers)

    def _start(self) -> None:
        worker = _context.Process(target=work, args=(self.tasks, self.results), daemon=True)
        worker.start()
        self._workers.append(worker)

    def _kill_one(self) -> None:
        victim = self._workers.pop(random.randrange(len(self._workers)))
        victim.kill()
        victim.join()
        self.killed += 1
        self._start()

    def _collect(self, timeout: float = 0) -> None:
        """The results that are there."""
        try:
            while True:
                number, square = self.results.get(timeout > 0, timeout)
                assert square == number * number
                self.done[number] += 1
                signal.alarm(self._patience)
        except Empty:
            pass

    def _watchdog(self, *_: Any) -> None:
        raise Hangs


def demonstrate(name: str, options: argparse.Namespace) -> bool:
    """Whether each task is done once or reported."""
    print(f"{name}.Queue: {options.tasks} tasks, {options.workers} workers", flush=True)
    pool = Pool(TYPES[name], options.workers, options.patience)
    try:
        pool.run(options.tasks, options.kills)
    except Hangs:
        print(
            f"  HANGS: no result for {options.patience} s after {len(pool.done)} of {options.tasks},"
            f" with {pool.alive()} workers alive, {pool.killed} killed, and"
            f" {pool.tasks.qsize()} tasks in the queue; the watchdog ends it",
            flush=True,
        )
        return False
    finally:
        pool.end()
    lost = [number for number in range(options.tasks) if number not in pool.done]
    twice = [number for number, times in pool.done.items() if times > 1]
    print(
        f"  finished: {pool.killed} workers killed; {len(pool.done)} tasks done once,"
        f" {len(twice)} twice, {len(lost)} reported: {lost}",
        flush=True,
    )
    # The task that a worker was at dies with it, and results that no process could see yet.
    return not twice and len(lost) < options.tasks / 2


def main() -> int:
    """0 when psq.Queue, if it is asked for, finishes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("types", nargs="*", default=list(TYPES), metavar="TYPE", help=f"{[*TYPES]}")
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--patience", type=int, default=5, help="of the watchdog, in seconds")
    options = parser.parse_args()
    finished = {name: demonstrate(name, options) for name in options.types}
    return 0 if finished.get("psq", True) else 1


if __name__ == "__main__":
    sys.exit(main())
