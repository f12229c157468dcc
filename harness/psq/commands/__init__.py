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
from psq.commands.statuses import (
    CERTIFICATE_STATUSES,
    CHECK_STATUSES,
    DIFF_STATUSES,
    DRIVER_CHECK_STATUSES,
    HISTORY_STATUSES,
    KILL_STATUSES,
    LAW_STATUSES,
    LEDGER_STATUSES,
    MUTANT_STATUSES,
    NEW_DRIVER_STATUSES,
    REPLAY_STATUSES,
    REPORT_STATUSES,
    SLOW_STATUSES,
    SOAK_STATUSES,
    VERDICT_STATUSES,
    WORKER_STATUSES,
)


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
    examples: tuple[str, ...] = ()
    """Command lines with what they are for, as the help shows them."""

    @property
    def epilog(self) -> str:
        shown = "".join(f"  {each}\n" for each in self.examples)
        return f"examples:\n{shown}\n{self.statuses}"

    def load(self) -> CommandModule:
        return importlib.import_module(f"{__name__}.{self.name.replace('-', '_')}")


COMMANDS = (
    Command(
        "check",
        "judge one implementation",
        takes_driver=True,
        statuses=CHECK_STATUSES,
        examples=(
            "psq check reference                          the C++ reference, the whole law",
            "psq check ./my-driver --test 'queue.put.*'   some clauses, of your own driver",
            "psq check cpython:spawn --seed 7             as it was in the run with that seed",
            "psq check ./my-driver --require profile=base   a gate: status 1 unless all of it was verified",
            "psq check ./my-driver --rerun-failed           only what did not pass the last time",
            "psq check ./my-driver --confirm 5              and how often does each failure come again?",
            "psq check ./my-driver --shard 2/4 --junit r.xml   a share of the law, and a report",
        ),
    ),
    Command(
        "compare",
        "judge several implementations, clause by clause",
        takes_driver=True,
        examples=(
            "psq compare reference cpython --html compared.html   judge two, side by side",
            "psq compare --from a.jsonl b.jsonl                   two stored results, nothing is run",
        ),
    ),
    Command(
        "diff",
        "what changed between two stored results of one implementation, by clause",
        statuses=DIFF_STATUSES,
        examples=(
            "psq diff old.jsonl new.jsonl                        what changed",
            "psq diff old.jsonl new.jsonl --fail-on regression   a gate: status 1 for what got worse",
            "psq diff old.jsonl new.jsonl --accept law           although the law changed in between",
        ),
    ),
    Command(
        "certificate",
        "what one whole run showed, in a file that can be checked, and a badge of it",
        statuses=CERTIFICATE_STATUSES,
        examples=(
            "psq certificate results.jsonl --badge psq.svg               certificate and badge",
            "psq certificate --verify c.certificate.json                 was it changed?",
            "psq certificate --verify c.certificate.json results.jsonl   and is it of these results?",
        ),
    ),
    Command(
        "ledger",
        "bring a list of known failures up to date with a run",
        statuses=LEDGER_STATUSES,
        examples=(
            "psq ledger update results.jsonl --dry-run    what would change",
            "psq ledger update results.jsonl mine.json    and write it",
        ),
    ),
    Command(
        "list",
        "the clauses of the law, a line each",
        statuses=LAW_STATUSES,
        examples=(
            "psq list 'queue.get.*'   some clauses, with how many tests and faults each has",
            "psq list --json -        all of them, with their tests, for a program",
        ),
    ),
    Command(
        "explain",
        "one clause: its sentence, why, its tests and faults, which implementations keep it",
        statuses=LAW_STATUSES,
        examples=("psq explain queue.put.full-after-timeout",),
    ),
    Command(
        "soak",
        "generated programs for a given time",
        takes_driver=True,
        examples=(
            "psq soak reference --budget 10m           ten minutes",
            "psq soak cpython --kills --programs 100   a hundred programs, with a death in each",
            "psq soak reference --budget 1h --scheduler tcp://head:8786   on many machines, an hour on each",
        ),
        statuses=SOAK_STATUSES,
    ),
    Command(
        "slow",
        "the suite against a driver with seeded pauses: does a right but slow one pass?",
        takes_driver=True,
        statuses=SLOW_STATUSES,
        examples=("psq slow reference --seeds 20",),
    ),
    Command(
        "timeline",
        "draw a recorded history",
        statuses=LAW_STATUSES,
        examples=("psq timeline history.jsonl -o timeline.html",),
    ),
    Command(
        "report",
        "reports from stored results",
        statuses=REPORT_STATUSES,
        examples=(
            "psq report a.jsonl --html index.html --junit results.xml",
            "psq report a.jsonl b.jsonl --markdown -   to standard output",
        ),
    ),
    Command(
        "check-history",
        "judge a recorded history",
        statuses=HISTORY_STATUSES,
        examples=(
            "psq check-history run.jsonl --witness   with the operations that show a violation",
            "psq check-history - --model fifo        from standard input, as one strict queue",
        ),
    ),
    Command(
        "driver-check",
        "is a driver itself right?",
        takes_driver=True,
        statuses=DRIVER_CHECK_STATUSES,
        examples=(
            "psq driver-check ./my-driver                every rule of the protocol",
            "psq driver-check -- python3 my_driver.py    a command with arguments",
        ),
    ),
    Command(
        "driver-replay",
        "a recorded conversation again: the first difference",
        takes_driver=True,
        statuses=REPLAY_STATUSES,
        examples=(
            "psq driver-replay talk.jsonl -- ./my-driver   what psq driver-check --transcript recorded",
        ),
    ),
    Command(
        "kill-matrix",
        "does the suite find every fault of the faulty drivers?",
        statuses=KILL_STATUSES,
        examples=(
            "psq kill-matrix --own                    each fault under the tests of its own clause",
            "psq kill-matrix --fault put-full-early   one fault",
            "psq kill-matrix --scheduler tcp://head:8786   on many machines",
        ),
    ),
    Command(
        "new-driver",
        "a driver to start from, with its ctest and CI file",
        statuses=NEW_DRIVER_STATUSES,
        examples=("psq new-driver c++ my-queue   the folder my-queue, with a driver in C++",),
    ),
    Command(
        "mutants",
        "does the suite find small changes of an implementation's sources?",
        takes_driver=True,
        statuses=MUTANT_STATUSES,
        examples=("psq mutants cpython --sample 20",),
    ),
    Command(
        "worker-task",
        "one unit of work of a psq on another machine; a worker of a Dask cluster starts it",
        statuses=WORKER_STATUSES,
        examples=("psq worker-task   with a request on standard input, which --scheduler sends",),
    ),
    Command(
        "completion",
        "a script with which a shell completes commands, options, drivers and clauses",
        statuses=LAW_STATUSES,
        examples=("psq completion bash   for 'source <(psq completion bash)' in ~/.bashrc",),
    ),
)
