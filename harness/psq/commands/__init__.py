"""The commands of psq, a module each.

A module has `add_options(parser)`, which declares what the command takes, and `run(args, paths)`, which returns the
exit status. Only the module of the command that is asked for is loaded, so that a command needs only its own libraries.
"""

from __future__ import annotations

import argparse
import importlib
from dataclasses import dataclass
from typing import Protocol

from psq.base.paths import Paths

VERDICT_STATUSES = """\
exit status: 0 conforms, 1 does not conform, 2 inconclusive, 3 the driver is broken,
64 wrong usage, 70 internal error or a full disk (of several: 70, 64, 3, 1, 2, 0);
130 interrupted: what was seen by then is kept
"""

CHECK_STATUSES = """\
exit status: 0 conforms; 1 does not conform, or verifies less than --require or --baseline asks for;
2 inconclusive, or nothing was verified; 3 the driver is broken, by a name in its hello that the law
does not have, for example; 64 wrong usage, such as a ledger or a baseline of another implementation;
70 internal error or a full disk (of several: 70, 64, 3, 1, 2, 0); 130 interrupted: what was seen by
then is kept
"""

HISTORY_STATUSES = """\
exit status: 0 holds, 1 violated, 2 unknown, 64 wrong usage or a broken file, 70 internal error;
130 interrupted
"""

SLOW_STATUSES = """\
exit status: as 'psq check'; fewer than one inconclusive test in 1,000, and a single one, count for nothing
"""

DRIVER_CHECK_STATUSES = """\
exit status: 0 the driver keeps every rule that was checked, 3 it is broken, 64 wrong usage
"""

REPLAY_STATUSES = """\
exit status: 0 the driver said what is recorded, 3 it said something else, 64 wrong usage
"""

MUTANT_STATUSES = """\
exit status: 0 each mutant is killed or ruled on, 1 some are neither, 2 the budget ended first,
64 wrong usage, 70 internal error; 130 interrupted
"""


class CommandModule(Protocol):
    def add_options(self, parser: argparse.ArgumentParser) -> None:
        ...

    def run(self, args: argparse.Namespace, paths: Paths) -> int:
        ...


@dataclass(frozen=True)
class Command:
    name: str
    summary: str
    takes_driver: bool = False
    statuses: str = VERDICT_STATUSES

    def load(self) -> CommandModule:
        return importlib.import_module(f"{__name__}.{self.name.replace('-', '_')}")


COMMANDS = (
    Command("check", "judge one implementation", takes_driver=True, statuses=CHECK_STATUSES),
    Command("compare", "judge several implementations, clause by clause", takes_driver=True),
    Command("list", "the clauses of the law, a line each"),
    Command(
        "explain",
        "one clause: its sentence, why, its tests and faults, which implementations keep it",
    ),
    Command("soak", "generated programs for a given time", takes_driver=True),
    Command(
        "slow",
        "the suite against a driver with seeded pauses: does a right but slow one pass?",
        takes_driver=True,
        statuses=SLOW_STATUSES,
    ),
    Command("timeline", "draw a recorded history"),
    Command("report", "reports from stored results"),
    Command("check-history", "judge a recorded history", statuses=HISTORY_STATUSES),
    Command(
        "driver-check",
        "is a driver itself right?",
        takes_driver=True,
        statuses=DRIVER_CHECK_STATUSES,
    ),
    Command(
        "driver-replay",
        "a recorded conversation again: the first difference",
        takes_driver=True,
        statuses=REPLAY_STATUSES,
    ),
    Command("kill-matrix", "does the suite find every fault of the faulty drivers?"),
    Command(
        "mutants",
        "does the suite find small changes of an implementation's sources?",
        takes_driver=True,
        statuses=MUTANT_STATUSES,
    ),
)
