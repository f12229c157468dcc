"""psq mutants: does the suite find small changes of an implementation's sources?"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Optional

from psq.base import options
from psq.base.paths import Paths
from psq.base.status import Status, UsageError, make_folder
from psq.law.clause_table import Filters, Law, Test
from psq.mutants import baseline, summary
from psq.mutants.change import Change
from psq.mutants.hunt import Hunt
from psq.mutants.python_subject import PythonSubject
from psq.mutants.records import File, line_of, make
from psq.mutants.reference_subject import ReferenceSubject
from psq.mutants.rulings import FOLDER, Rulings
from psq.mutants.running import How, confinement, set_limits
from psq.mutants.subject import Subject, digest
from psq.mutants.trial import KILLED, OUTCOMES, Trial
from psq.reporting.console import make_console
from psq.running import drivers, ledger


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("driver", metavar="DRIVER", help="reference, cpython or python:MODULE")
    parser.add_argument(
        "--file",
        metavar="GLOB",
        action="append",
        default=[],
        help="sources to change (default: those of queues, pipes and processes)",
    )
    parser.add_argument(
        "--only", metavar="GLOB", action="append", default=[], help="only mutants of these names"
    )
    options.add_tests(parser)
    options.add_thorough(parser)
    parser.add_argument(
        "--most",
        metavar="N",
        type=options.at_least_one,
        help="tests that a mutant meets at most (default: all that reach it)",
    )
    parser.add_argument("--list", action="store_true", help="print the mutants, and run none")
    parser.add_argument(
        "--sample", metavar="N", type=options.natural, help="a random choice of N mutants"
    )
    parser.add_argument(
        "--seed", metavar="N", type=options.natural, default=1, help="for everything that is random"
    )
    parser.add_argument(
        "--shard", metavar="K/N", type=options.shard, default=(1, 1), help="the K-th share of N"
    )
    parser.add_argument(
        "--budget", metavar="TIME", type=options.duration, help="begin no mutant after this time"
    )
    parser.add_argument(
        "--again",
        metavar="OUTCOME",
        action="append",
        default=[],
        choices=OUTCOMES,
        help=f"also those that ended so before: {', '.join(OUTCOMES)}",
    )
    parser.add_argument("--results", metavar="FILE", help="goes on where this file ends")
    parser.add_argument("--table", action="store_true", help="print the survivors as Markdown")
    options.add_patience(parser)
    parser.add_argument(
        "--hang-after",
        metavar="S",
        type=options.seconds,
        default=3.0,
        help="seconds after which a call that should end is taken to hang (default %(default)s)",
    )
    parser.add_argument(
        "--jobs",
        metavar="N",
        type=options.at_least_one,
        default=2 * options.cpu_count(),
        help="mutants at a time (default: two a processor)",
    )
    parser.add_argument(
        "--ledger",
        metavar="FILE|none",
        help="known failures (default: harness/ledgers/, by implementation)",
    )
    options.add_python_driver(parser)


def run(args: argparse.Namespace, paths: Paths) -> Status:
    with tempfile.TemporaryDirectory(prefix="psq-") as scratch:
        law = Law.load(paths.suite)
        return _run(args, paths, law, _subject(args, paths, law, Path(scratch)))


def _run(args: argparse.Namespace, paths: Paths, law: Law, subject: Subject) -> Status:
    sources = subject.sources
    tests = law.select(Filters(tuple(args.test), (), args.thorough))
    changes = _choose(subject.changes(), args)
    if args.list:
        for change in changes:
            print(f"{change.name}  {change.where}  {change.text}")
        return Status.CONFORMS
    results = Path(args.results or paths.build / "mutants" / f"{subject.slug}.jsonl")
    for each in (paths.build / "mutants", results.parent):
        make_folder(each)  # before hours of tests
    file = File(results, digest(sources))
    rulings = Rulings(FOLDER / f"{subject.slug}.json")
    waiting = [
        each
        for each in changes
        if each.name not in file.records or file.records[each.name].outcome in args.again
    ]
    tried = _hunt(args, paths, tests, subject, waiting, file) if waiting else 0
    records = [file.records[each.name] for each in changes if each.name in file.records]
    if args.table:
        print(summary.table(records, rulings))
    print(summary.figures(records, rulings))
    if tried < len(waiting):
        print(f"{len(waiting) - tried} mutants are left: the same command goes on with them")
        return Status.INCONCLUSIVE
    return Status.DOES_NOT_CONFORM if summary.unruled(records, rulings) else Status.CONFORMS


def _subject(args: argparse.Namespace, paths: Paths, law: Law, scratch: Path) -> Subject:
    driver = drivers.resolve(args.driver, paths, args.interpreter, args.start_method)
    if driver.implementation == "reference":
        return ReferenceSubject(paths, args.file, scratch)
    if "--start-method" not in driver.argv:
        raise UsageError(
            f"no sources are known of {args.driver}: name reference, cpython or python:MODULE"
        )
    return PythonSubject(driver, args.file, ledger.find(args.ledger, driver, paths, law))


def _choose(changes: list[Change], args: argparse.Namespace) -> list[Change]:
    for glob in args.only:
        if not any(fnmatchcase(change.name, glob) for change in changes):
            raise UsageError(f"no mutant matches {glob!r}; --list shows what there is")
    chosen = [
        each
        for each in changes
        if not args.only or any(fnmatchcase(each.name, g) for g in args.only)
    ]
    if args.sample is not None and args.sample < len(chosen):
        picked = set(random.Random(args.seed).sample(range(len(chosen)), args.sample))
        chosen = [each for number, each in enumerate(chosen) if number in picked]
    number, of = args.shard
    return chosen[number - 1 :: of]


def _hunt(
    args: argparse.Namespace,
    paths: Paths,
    tests: list[Test],
    subject: Subject,
    waiting: list[Change],
    file: File,
) -> int:
    console = make_console()
    set_limits()
    how = How(paths.suite, args.seed, args.patience, args.hang_after)
    confined = confinement()
    sources = subject.sources
    folder = paths.build / "mutants"
    found = baseline.measure(subject, tests, how, confined, args.jobs, folder, console.print)
    done = 0

    def note(trial: Trial) -> None:
        nonlocal done
        done += 1
        record = make(trial, digest(sources), line_of(trial.change, sources[trial.change.file]))
        file.add(record)
        what = f"{record.test}  {record.message}" if record.outcome == KILLED else record.verdicts
        console.print(
            f"[{done}/{len(waiting)}] {record.outcome:9} {record.mutant}  {record.change}  {what}"[
                :200
            ],
            markup=False,
            highlight=False,
            soft_wrap=True,
        )

    hunt = Hunt(subject, found, how, confined, note, args.most)
    for change in subject.changes():
        earlier = file.records.get(change.name)
        if earlier is not None and earlier.outcome == KILLED:
            hunt.remember(change, earlier.test)
    order = list(waiting)
    random.Random(args.seed).shuffle(order)
    return hunt.run(order, args.jobs, _end(args.budget))


def _end(budget: Optional[float]) -> float:
    return time.monotonic() + budget if budget else float("inf")
