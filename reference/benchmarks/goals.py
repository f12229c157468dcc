"""The goals of the reference, and whether each is reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from cases import LENT, LENT_FROM, NAMES, PSQ, Carrier, Load, size_name
from results import Results

IDLE_SHARE = 0.001  # of one processor
IDLE_NUMBERS = ("share", "asleep-share", "fresh-bytes", "used-bytes")
IDLE_BYTES = 100 * 1024
LARGE = 1 << 30
LARGE_MEMORY = 6 * LARGE  # of a measurement
LARGE_ROUNDS = 5
LARGE_NAMES = ("queue", "simple-queue", *LENT)
FORK_QUEUES = 1000
FORK_MILLISECONDS = 10


@dataclass(frozen=True)
class Goal:
    text: str
    reached: Optional[bool]  # None: the carrier to compare with is not installed

    def __str__(self) -> str:
        verdict = {True: "met", False: "**missed**", None: "not measured"}[self.reached]
        return f"{self.text}: {verdict}"


_TIMES_CPYTHON = {"queue": 15, "simple-queue": 25, "joinable-queue": 10, "pipe": 2}


def goals(results: Results, load: Load, name: str) -> list[Goal]:
    if load.cores:
        return _round_trip_goals(results, load, name)
    found: list[Goal] = []
    one_to_one = load.producers == load.consumers == 1

    def at_least(wanted: float, other: Carrier, text: str) -> None:
        ratio = results.ratio(load, Carrier(name), load, other)
        found.append(Goal(text, None if ratio is None else ratio >= wanted))

    if load.size == 64 and one_to_one:
        times = 10 if load.bound else _TIMES_CPYTHON[name]
        at_least(times, Carrier(name, python=True), f"{times} × CPython")
    if load == Load() and name != "pipe":
        at_least(1, Carrier("boost"), "ahead of Boost")
    if load.size == 1 << 20 and name in ("queue", "simple-queue"):
        at_least(2, Carrier("raw-pipe"), "2 × raw pipe")
    if load.size in (65536, 1 << 20) and name in ("queue", "simple-queue"):
        at_least(2, Carrier("boost"), "2 × Boost")
    if (load.producers, load.consumers) == (2, 1):
        ratio = results.ratio(load, Carrier(name), Load(), Carrier(name))
        text = "⅔ of one producer's" if ratio is None else f"⅔ of one producer's ({ratio:.2f})"
        found.append(Goal(text, None if ratio is None else ratio >= 2 / 3))
    return found


def _round_trip_goals(results: Results, load: Load, name: str) -> list[Goal]:
    most = 1.1 if load.cores == 2 else 1.4
    slower = results.ratio(load, Carrier("raw-pipe"), load, Carrier(name))
    took = "" if slower is None else f" (took {slower:.2f})"
    reached = None if slower is None else slower <= most
    return [Goal(f"{most} of a raw pipe's time{took}", reached)]


def idle_rows(
    share: float, asleep: float, fresh: float, used: float
) -> list[tuple[str, str, Goal]]:
    """For idle queues: the name of each number, its value, and its goal.

    The cost of a wake-up depends on the machine: from a few microseconds to some hundred. Where
    wake-ups alone cost more than the goal, a wait is compared with a thread that only sleeps and
    wakes as often.
    """
    return [
        (
            f"processor used by a waiting get (by a thread that wakes as often: {asleep * 100:.3f} %)",
            f"{share * 100:.3f} %",
            Goal(
                f"at most {IDLE_SHARE * 100:.1f} %, or twice that thread's",
                share <= max(IDLE_SHARE, 2 * asleep),
            ),
        ),
        *(
            (what, f"{size / 1024:.0f} KiB", Goal("under 100 KiB", size < IDLE_BYTES))
            for what, size in (
                ("memory of a fresh Queue", fresh),
                ("memory of a Queue after one item", used),
            )
        ),
    ]


def fork_rows(after_use: float, at_rest: float) -> list[tuple[str, str, Goal]]:
    """For forks of a process with many queues: the milliseconds until a child's body begins."""
    return [
        (
            f"fork to the child's body, {FORK_QUEUES:,} queues {when}",
            f"{took:.1f} ms",
            Goal(f"within {FORK_MILLISECONDS} ms", took <= FORK_MILLISECONDS),
        )
        for when, took in (("just used", after_use), ("at rest", at_rest))
    ]


def busy_rows(delays: dict[str, tuple[float, float]]) -> list[tuple[str, str, Goal]]:
    """For round trips beside computing processes: the median and the 99th percentile of each type."""
    pipe_median, pipe_99th = delays["raw-pipe"]
    rows = []
    for name in PSQ:
        median, ninety_ninth = delays[name]
        rows.append(
            (
                f"{NAMES[name]}, round trip beside computing processes"
                f" (a raw pipe's: {pipe_median:.0f} and {pipe_99th:.0f} µs)",
                f"{median:.0f} µs; 99 of 100: {ninety_ninth:.0f} µs",
                Goal(
                    "1.5 of a raw pipe's time, and as good for 99 of 100",
                    median <= 1.5 * pipe_median and ninety_ninth <= pipe_99th,
                ),
            )
        )
    return rows


def large_rows(
    found: dict[str, tuple[float, float, float]], free: int
) -> list[tuple[str, str, Goal]]:
    """For items of LARGE bytes, one at a time: of each carrier how many a second, and by the time of an item
    that of two copies, and that of two copies through new memory. Without `found`, because no more than `free`
    bytes of memory were there.
    """
    size = size_name(LARGE)
    if not found:
        why = f"skipped: needs {size_name(LARGE_MEMORY)} of memory, and {size_name(free)} are free"
        return [(f"one to one, {size}, one at a time", why, Goal("two copies", None))]
    return [
        (
            f"{NAMES[name]}, 1 to 1, {size}, one at a time",
            f"{rate:.2g}",
            Goal(
                f"the speed of two copies ({share:.2f} of it; {new:.2f} of two through new memory)",
                share >= 1,
            ),
        )
        for name, (rate, share, new) in found.items()
    ]


def rows_of(load: Load) -> list[str]:
    """The types of psq that have a row for this load."""
    if load.bound:
        return ["queue"]
    if not load.producers == load.consumers == 1:
        return [name for name in PSQ if name != "pipe"]
    return [*PSQ, *LENT] if load.size >= LENT_FROM else [*PSQ]


def row_title(load: Load, name: str) -> str:
    return f"{NAMES[name]}, {load.title()}"
