"""The cases of the benchmark: loads and their carriers."""

from __future__ import annotations

import functools
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import cpython

PSQ = ("queue", "simple-queue", "joinable-queue", "pipe")
LENT = ("queue-lent", "simple-queue-lent")
OTHERS = ("raw-pipe", "mqueue", "boost")
NAMES = {
    "queue": "Queue",
    "simple-queue": "SimpleQueue",
    "joinable-queue": "JoinableQueue",
    "queue-lent": "Queue, lent",
    "simple-queue-lent": "SimpleQueue, lent",
    "pipe": "Pipe",
    "raw-pipe": "raw pipe",
    "mqueue": "POSIX mqueue",
    "boost": "Boost message_queue",
}
SIZES = (0, 64, 1024, 65536, 1 << 20)

LENT_FROM = 65536  # shorter items are copied
_CANNOT = 69  # exit status of psq-measure: the carrier cannot carry this load


@dataclass(frozen=True)
class Load:
    size: int = 64
    producers: int = 1
    consumers: int = 1
    bound: int = 0
    cores: int = 0  # for round trips; 0 for throughput

    def title(self) -> str:
        if self.cores:
            return f"round trips, {'two cores' if self.cores == 2 else 'one core'}"
        text = f"{self.producers} to {self.consumers}, {size_name(self.size)}"
        return f"{text}, bound {self.bound}" if self.bound else text


@dataclass(frozen=True)
class Carrier:
    name: str
    python: bool = False

    def label(self) -> str:
        return f"CPython {NAMES[self.name]}" if self.python else NAMES[self.name]


def size_name(size: int) -> str:
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if size >= unit:
            return f"{size // unit} {name}"
    return f"{size} B"


def loads() -> list[Load]:
    alone = [Load(size=size) for size in SIZES]
    crowds = [Load(producers=p, consumers=c) for p, c in ((2, 1), (1, 2), (2, 2))]
    trips = [Load(cores=cores) for cores in (2, 1)]
    return [*alone, Load(bound=1000), *crowds, *trips]


def carriers(load: Load, there: list[str]) -> list[Carrier]:
    """The carriers of a load. CPython's types follow psq's, so that noise meets both."""
    if load.bound:
        names = ["queue"]
    elif load.producers > 1 or load.consumers > 1:
        # Each end of a pipe belongs to one process.
        names = [name for name in there if name not in ("pipe", "raw-pipe")]
    elif load.size == 0:
        names = [name for name in there if name != "raw-pipe"]  # reads of no bytes do not wait
    else:
        names = there
    if load.size < LENT_FROM or load.cores:
        names = [name for name in names if name not in LENT]
    return [
        Carrier(name, python)
        for name in names
        for python in ((False, True) if name in PSQ else (False,))
    ]


class Runner:
    """Runs single measurements. Each takes about `seconds_each` once the rate is known."""

    def __init__(self, program: Path, seconds_each: float) -> None:
        self._program = program
        self._seconds = seconds_each
        self._rates: dict[tuple[Load, Carrier], float] = {}

    @functools.cached_property
    def there(self) -> list[str]:
        return self.call("list").split()

    def call(self, *arguments: object) -> str:
        answer = subprocess.run(
            [str(self._program), *map(str, arguments)],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        if answer.returncode == _CANNOT:
            return ""
        if answer.returncode != 0:
            sys.exit(f"psq-measure {' '.join(map(str, arguments))} failed:\n{answer.stderr}")
        return answer.stdout

    def measure(self, load: Load, carrier: Carrier) -> Optional[float]:
        """Items or round trips per second; None when this carrier cannot carry the load."""
        items = self._items(load, carrier)
        rate = (self._python if carrier.python else self._native)(load, carrier.name, items)
        if rate is not None:
            self._rates[load, carrier] = rate
        return rate

    def _items(self, load: Load, carrier: Carrier) -> int:
        parts = load.producers * load.consumers
        first = 16 if load.size >= 65536 else 1000
        wished = self._rates.get((load, carrier), 0) * self._seconds
        # A late consumer leaves all items in memory, so their sum is bounded.
        most = (256 << 20) // max(load.size, 64)
        return max(first, min(most, int(wished))) // parts * parts

    def _native(self, load: Load, name: str, items: int) -> Optional[float]:
        if load.cores:
            answer = self.call("round-trips", name, load.size, load.cores, items)
        else:
            shape = (load.size, load.producers, load.consumers, items)
            answer = self.call("throughput", name, *shape, load.bound)
        return float(answer.split()[0]) if answer else None

    def _python(self, load: Load, name: str, items: int) -> float:
        make, item = cpython.CARRIERS[name], bytes(load.size)
        if load.cores:
            return cpython.round_trips(make, item, load.cores, items).rate
        shape = (load.producers, load.consumers, items)
        return cpython.throughput(make(load.bound), item, *shape).rate
