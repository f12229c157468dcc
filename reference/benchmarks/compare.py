#!/usr/bin/env python3
"""Measures the reference beside other carriers, prints one table and draws one picture.

Rounds are interleaved: each round measures every case once, and carriers that are compared follow
each other. A ratio is the median over the rounds. The first round only finds the number of items.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import time
from pathlib import Path

from cases import PSQ, Runner, carriers, loads
from goals import (
    FORK_QUEUES,
    IDLE_NUMBERS,
    LARGE,
    LARGE_MEMORY,
    LARGE_NAMES,
    LARGE_ROUNDS,
    Goal,
    busy_rows,
    fork_rows,
    idle_rows,
    large_rows,
)
from memory import free_memory
from package import package_table
from picture import picture
from results import Results
from table import table

_HERE = Path(__file__).resolve().parent
_LEAST_ROUNDS = 3
_BUSY_TRIPS = 2000
_BEGIN, _END = "<!-- benchmark -->", "<!-- /benchmark -->"


def main() -> int:
    arguments = _arguments()
    if arguments.package_only:
        _tell_package(arguments)
        return 0
    deadline = time.monotonic() + arguments.seconds
    runner = Runner(arguments.program, arguments.each)
    if "boost" not in runner.there:
        print("compare: built without Boost.Interprocess (libboost-dev)", file=sys.stderr)
    idle = _idle(runner)
    forks = _forks(runner)
    large = _large(runner)
    results, rounds = _measure(runner, deadline)
    text = table(results, loads(), [*large, *_busy(runner), *idle, *forks])
    text = f"{_note()}\n{_legend(rounds)}\n\n{text}"
    print(text)
    _tell_package(arguments)
    arguments.picture.write_text(picture(results), encoding="utf-8")
    print(f"picture: {arguments.picture}")
    if arguments.write:
        _write(_HERE.parent / "README.md", text)
    return 0


def _tell_package(arguments: argparse.Namespace) -> None:
    try:
        found, rounds = package_table(arguments.package, arguments.package_seconds)
    except ImportError as error:
        print(f"compare: without the package for Python: {error}", file=sys.stderr)
        return
    text = f"{_note()}\nMedians of {rounds} interleaved rounds.\n\n{found}"
    print(text)
    if arguments.write:
        _write(_HERE.parent / "python" / "README.md", text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, default=Path("build/bin/psq-measure"))
    parser.add_argument(
        "--seconds", type=float, default=50, help="of the run (50; 3 rounds or more)"
    )
    parser.add_argument(
        "--each", type=float, default=0.08, help="seconds of one measurement (0.08)"
    )
    parser.add_argument("--picture", type=Path, help="the SVG (build/benchmark.svg)")
    parser.add_argument(
        "--write", action="store_true", help="write table and picture into the folder reference"
    )
    parser.add_argument(
        "--package", type=Path, default=Path("build/python"), help="where psq for Python is"
    )
    parser.add_argument(
        "--package-seconds", type=float, default=20, help="of its rounds (20; 3 rounds or more)"
    )
    parser.add_argument("--package-only", action="store_true", help="measure nothing else")
    arguments = parser.parse_args()
    if arguments.package_only:
        return arguments
    if not arguments.program.is_file():
        print(
            f"compare: no {arguments.program}; build the target psq-measure or give --program",
            file=sys.stderr,
        )
        sys.exit(64)
    if arguments.picture is None:
        beside = arguments.program.resolve().parent.parent
        arguments.picture = (_HERE if arguments.write else beside) / "benchmark.svg"
    return arguments


def _idle(runner: Runner) -> list[tuple[str, str, Goal]]:
    return idle_rows(*(float(runner.call("idle", w)) for w in IDLE_NUMBERS))


def _forks(runner: Runner) -> list[tuple[str, str, Goal]]:
    after_use, at_rest = map(float, runner.call("many", "forks", FORK_QUEUES).split())
    return fork_rows(after_use, at_rest)


def _large(runner: Runner) -> list[tuple[str, str, Goal]]:
    """Each round has its own copies beside it, so the carriers need not alternate."""
    free = free_memory()
    names = LARGE_NAMES if free >= LARGE_MEMORY else ()
    found: dict[str, tuple[float, float, float]] = {}
    for name in names:
        rate, share, new = map(float, runner.call("large", name, LARGE, LARGE_ROUNDS).split())
        found[name] = (rate, share, new)
    return large_rows(found, free)


def _busy(runner: Runner) -> list[tuple[str, str, Goal]]:
    """Medians of interleaved rounds, with as many computing processes as there are cores."""
    cores = len(os.sched_getaffinity(0))
    rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in ("raw-pipe", *PSQ)}
    for _ in range(_LEAST_ROUNDS):
        for name, found in rounds.items():
            median, most = runner.call("delays", name, 64, cores, _BUSY_TRIPS).split()
            found.append((float(median), float(most)))
    return busy_rows({name: _middle(found) for name, found in rounds.items()})


def _middle(found: list[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(m for m, _ in found), statistics.median(p for _, p in found)


def _measure(runner: Runner, deadline: float) -> tuple[Results, int]:
    results, done, took = Results(), -1, 0.0
    while done < _LEAST_ROUNDS or time.monotonic() + took < deadline:
        began = time.monotonic()
        for load in loads():
            for carrier in carriers(load, runner.there):
                rate = runner.measure(load, carrier)
                if done >= 0:
                    results.add(done, load, carrier, rate)
        done += 1
        took = time.monotonic() - began
        print(f"compare: round {done}, {took:.0f} s", file=sys.stderr, flush=True)
    return results, done


def _note() -> str:
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    return f"CPython {platform.python_version()}, {cores} cores; the load average was {load:.1f}."


def _legend(rounds: int) -> str:
    return (
        f"Medians of {rounds} interleaved rounds. The columns with × say how many times as fast as "
        "that psq is; 2 to 1 is two producers and one consumer."
    )


def _write(page: Path, text: str) -> None:
    before, found, rest = page.read_text(encoding="utf-8").partition(_BEGIN)
    _, found_end, after = rest.partition(_END)
    if not found or not found_end:
        sys.exit(f"compare: {page.name} has no {_BEGIN} … {_END}, the place of the table")
    page.write_text(f"{before}{_BEGIN}\n{text}{_END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
