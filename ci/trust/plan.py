"""Which runs a campaign makes: implementations, loads, how many of each, and in which order."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Iterable, Mapping, Optional, Sequence


@dataclass(frozen=True)
class Implementation:
    """A DRIVER of the psq command, and how many whole runs it has without and with load."""

    driver: str
    idle: int
    loaded: int
    # Whether a failure outside the ledger is wrong: third parties have failures of their own.
    conforms: bool = True


IMPLEMENTATIONS = (
    Implementation("reference", 20, 20),
    Implementation("cpython", 10, 10),
    Implementation("cpython:spawn", 3, 3),
    Implementation("cpython:forkserver", 3, 3),
    Implementation("cpython@pypy3", 1, 2, conforms=False),
    Implementation("python:multiprocess", 1, 2, conforms=False),
    Implementation("python:billiard", 1, 2, conforms=False),
)
IDLE = "idle"


@dataclass(frozen=True)
class Planned:
    """One run that a campaign makes; `index` counts the runs of one implementation under one load."""

    implementation: str
    load: str
    index: int
    tests: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """A file name, different for different runs of one commit."""
        implementation = self.implementation.replace(":", "-").replace("/", "-")
        chosen = ""
        if self.tests:
            chosen = "." + hashlib.sha256(json.dumps(self.tests).encode()).hexdigest()[:8]
        return f"{implementation}.{self.load}.{self.index}{chosen}"

    def seed(self, commit: str) -> int:
        """The same for the same run of the same commit, so that a run done again is the same run."""
        text = json.dumps([commit, asdict(self)])
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % 2**31


def plan(
    chosen: Sequence[Implementation],
    loads: Sequence[str],
    runs: Optional[int] = None,
    tests: Iterable[str] = (),
) -> list[Planned]:
    """The runs in their order: in each round one run of each pair that has one left, load by load.

    `loads` are all that there are, or the ones that were asked for. With `runs`, each pair of
    implementation and load has so many.
    """
    counts = {
        (each.driver, load): count
        for number, each in enumerate(chosen)
        for load, count in _counts(each, loads, number, runs).items()
    }
    return [
        Planned(each.driver, load, index, tuple(tests))
        for index in range(max(counts.values(), default=0))
        for load in loads
        for each in chosen
        if counts.get((each.driver, load), 0) > index
    ]


def _counts(
    implementation: Implementation, loads: Sequence[str], offset: int, runs: Optional[int]
) -> Mapping[str, int]:
    if runs is not None:
        return {load: runs for load in loads}
    heavy = [load for load in loads if load != IDLE]
    counts = {load: 0 for load in loads}
    if IDLE in counts:
        counts[IDLE] = implementation.idle
    # Dealt from another load on for each implementation, so that few runs still meet every load.
    for number in range(implementation.loaded if heavy else 0):
        counts[heavy[(number + 2 * offset) % len(heavy)]] += 1
    return counts
