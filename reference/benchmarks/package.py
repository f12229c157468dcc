"""The package psq for Python beside multiprocessing, in the interpreter that runs this file."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Optional

import cpython
from cpython import Carrier, Measured
from table import markdown, rate_text, times_text

_BATCH = 100
_LARGE = 8 << 20
_SECONDS = 0.15  # of a measurement
_IMPORTS = 7
_EVERY = ("queue", "simple-queue", "pipe")
_NAMES = {"queue": "Queue", "simple-queue": "SimpleQueue", "pipe": "Pipe"}
_Make = Callable[[int], Carrier]


@dataclass(frozen=True)
class Load:
    title: str
    item: Any
    names: tuple[str, ...] = ("queue",)
    producers: int = 1
    consumers: int = 1
    batches: bool = False
    trips: bool = False
    method: str = "fork"  # that starts its processes
    most: int = 200_000  # items of a measurement
    goal: Optional[float] = None  # times as fast as multiprocessing's Queue


def _loads() -> list[Load]:
    small, crowd = bytes(64), ("queue", "simple-queue")
    loads = [
        Load("64 B", small, _EVERY, goal=8),
        Load("an int", 12345),
        Load("a tuple", (12345, "a task", 1.5)),
        Load("a dict", {"number": 12345, "name": "a task", "weight": 1.5}),
        Load("64 KiB", bytes(64 << 10), _EVERY, most=2000),
        Load("8 MiB of bytes", bytes(_LARGE), _EVERY, most=12),
        Load("64 B, 4 to 1", small, crowd, producers=4),
        Load("64 B, 1 to 4", small, crowd, consumers=4),
        Load(f"64 B, batches of {_BATCH}", small, batches=True, goal=20),
        Load("64 B, round trips", small, _EVERY, trips=True),
    ]
    for method in ("spawn", "forkserver"):
        loads.append(Load(f"64 B, {method}", small, method=method))
        loads.append(Load(f"8 MiB of bytes, {method}", bytes(_LARGE), method=method, most=12))
    if importlib.util.find_spec("numpy"):
        array = importlib.import_module("numpy").ones(_LARGE // 8)
        loads.insert(6, Load("a NumPy array of 8 MiB", array, _EVERY, most=12, goal=5))
    return loads


def _carriers(psq: Any) -> dict[str, _Make]:
    """Of psq, by the name of the type."""

    def queue(_: int) -> Carrier:
        queue = psq.Queue()
        return Carrier(queue.put, queue.get, cpython.nothing)

    def simple_queue(_: int) -> Carrier:
        queue = psq.SimpleQueue()
        return Carrier(queue.put, queue.get, cpython.nothing)

    def pipe(_: int) -> Carrier:
        receiver, sender = psq.Pipe(duplex=False)
        return Carrier(sender.send, receiver.recv, cpython.nothing)

    return {"queue": queue, "simple-queue": simple_queue, "pipe": pipe}


def _batches(psq: Any) -> Carrier:
    """Each call of put and take is one item of a load: every hundredth one does the work of all."""
    queue, buffer, taken = psq.Queue(), [], []

    def put(item: Any) -> None:
        buffer.append(item)
        if len(buffer) == _BATCH:
            queue.put_many(buffer)
            buffer.clear()

    def take() -> Any:
        if not taken:
            taken.extend(queue.get_many(_BATCH))
        return taken.pop()

    return Carrier(put, take, lambda: None)


def _raw_pipe(_: int) -> Carrier:
    reader, writer = os.pipe()
    return Carrier(lambda item: os.write(writer, item), lambda: os.read(reader, 64), lambda: None)


class _Rates:
    """Of the rounds, by load, type and what carries it."""

    def __init__(self, psq: Any) -> None:
        self._carriers = _carriers(psq)
        self._psq = psq
        self._found: dict[tuple[str, str, str], list[Measured]] = {}

    def measure_all(self, loads: list[Load]) -> None:
        for load in loads:
            for name in load.names:
                for of in ("psq", "multiprocessing", *(["raw pipe"] if load.trips else [])):
                    found = self._found.setdefault((load.title, name, of), [])
                    found.append(self._measure(load, self._maker(load, name, of), found))

    def _maker(self, load: Load, name: str, of: str) -> _Make:
        if of == "raw pipe":
            return _raw_pipe
        if of == "multiprocessing":
            context = multiprocessing.get_context(load.method)
            return functools.partial(cpython.CARRIERS[name], context=context)
        return (lambda _: _batches(self._psq)) if load.batches else self._carriers[name]

    def _measure(self, load: Load, make: _Make, before: list[Measured]) -> Measured:
        wished = int(before[-1].rate * _SECONDS) if before else 0
        parts = load.producers * load.consumers * _BATCH if load.most > _BATCH else 1
        items = max(parts, min(load.most, wished) // parts * parts, min(4, load.most))
        if load.trips:
            return cpython.round_trips(make, load.item, 2, items)
        shape = load.producers, load.consumers
        return cpython.throughput(make(0), load.item, *shape, items, load.method)

    def median(self, load: Load, name: str) -> float:
        return statistics.median(each.rate for each in self._found[load.title, name, "psq"][1:])

    def ratios(self, load: Load, name: str, of: str) -> tuple[Optional[float], Optional[float]]:
        """How many times as fast psq is, and how many times as much processor time the other one
        takes: the medians of the ratios of the rounds."""
        theirs = self._found.get((load.title, name, of))
        if theirs is None:
            return None, None
        pairs = list(zip(self._found[load.title, name, "psq"], theirs))[1:]
        return (
            statistics.median(mine.rate / other.rate for mine, other in pairs),
            statistics.median(other.processor / mine.processor for mine, other in pairs),
        )


def _import_time(module: str) -> float:
    """Milliseconds of processor time, in a fresh interpreter: the median of some. As of what is
    installed, its modules are compiled before."""
    code = f"import time; t = time.process_time(); import {module}; print(time.process_time() - t)"
    with tempfile.TemporaryDirectory() as compiled:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        environment.update(PYTHONPYCACHEPREFIX=compiled, PYTHONDONTWRITEBYTECODE="")
        _compiling, *times = (
            float(subprocess.check_output([sys.executable, "-c", code], env=environment))
            for _ in range(1 + _IMPORTS)
        )
    return 1000 * statistics.median(times)


def package_table(folder: Path, seconds: float) -> tuple[str, int]:
    """The table of the package that is in the folder, and of how many rounds. Raises ImportError
    without a package."""
    sys.path.insert(0, str(folder))
    psq = importlib.import_module("psq")
    deadline, loads, rates, rounds = time.monotonic() + seconds, _loads(), _Rates(psq), -1
    while rounds < 3 or time.monotonic() < deadline:
        rates.measure_all(loads)
        rounds += 1
        print(f"compare: package, round {rounds}", file=sys.stderr, flush=True)
    rows = [_row(rates, load, name) for load in loads for name in load.names]
    head = (
        "psq for Python",
        "a second",
        "× multiprocessing",
        "in processor time",
        "× raw pipe",
        "goal",
    )
    return markdown(head, [*rows, _import_row()]), rounds


def _row(rates: _Rates, load: Load, name: str) -> tuple[str, ...]:
    ratio, processor = rates.ratios(load, name, "multiprocessing")
    pipe, _ = rates.ratios(load, name, "raw pipe")
    goal = ""
    if pipe is not None and name != "pipe":
        goal = f"1.2 of a raw pipe's time (took {1 / pipe:.2f}): {_verdict(1 / pipe <= 1.2)}"
    elif load.goal and name == "queue":
        goal = f"{load.goal:.0f} × multiprocessing: {_verdict(ratio >= load.goal)}"
    return (
        f"{_NAMES[name]}, {load.title}",
        rate_text(rates.median(load, name)),
        *map(times_text, (ratio, processor, pipe)),
        goal,
    )


def _verdict(reached: bool) -> str:
    return "met" if reached else "**missed**"


def _import_row() -> tuple[str, ...]:
    mine, theirs = _import_time("psq"), _import_time("multiprocessing.queues")
    name = f"processor time of an import (of multiprocessing.queues: {theirs:.0f} ms)"
    return name, f"{mine:.0f} ms", "", "", "", f"at most 20 ms: {_verdict(mine <= 20)}"
