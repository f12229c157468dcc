"""psq soak: generated programs for a given time, with a bar, and evidence of every failure."""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from psq.reporting import progress, timeline

from psq.running import judging
from psq.running.drivers import Driver, resolve
from psq.base.paths import Paths
from psq.running.pool import Job, Pool
from psq.results.result_file import Record, Tail
from psq.base.status import SENTENCES, InternalError, Status, UsageError

_HEARTBEAT_SECONDS = 10.0
# Making a failure smaller goes on beyond the budget, and so does what waits for a hang.
_STUCK_SECONDS = 300.0


def soak(args: argparse.Namespace, paths: Paths) -> Status:
    """Runs the suite's soak against one driver and draws what it found."""
    driver = resolve(args.driver, paths, args.interpreter, args.start_method)
    seed = random.SystemRandom().randrange(2**31) if args.seed is None else args.seed
    results = Path(args.results) if args.results else paths.results / f"{driver.slug}.soak.jsonl"
    if results.is_dir():
        raise UsageError(f"--results {results} is a folder; name a file")
    results.parent.mkdir(parents=True, exist_ok=True)
    results.unlink(missing_ok=True)
    evidence = paths.evidence / f"{driver.slug}.soak"
    shutil.rmtree(evidence, ignore_errors=True)  # old evidence beside new results misleads
    console = progress.make_console()
    share = f", share {args.shard[0]} of {args.shard[1]}" if args.shard[1] > 1 else ""
    console.print(f"soaking {driver.label} for {args.budget:g} s, seed {seed}{share}")
    argv = _command(args, paths, driver, seed, results, evidence)
    with tempfile.TemporaryDirectory(prefix="psq-") as scratch:
        watcher = _Watcher(console, Tail(results), args.budget)
        status, said = _run(argv, Path(scratch) / "soak.log", watcher, args)
    for page in timeline.draw_all(evidence):
        console.print(f"timeline: {page}", soft_wrap=True)
    _print_end(console, driver, watcher, results, status, said)
    return status


def _command(args: argparse.Namespace, paths: Paths, driver: Driver, seed: int, results: Path,
             evidence: Path) -> list[str]:
    argv = [str(paths.suite), "--soak", "--budget", str(args.budget), "--seed", str(seed)]
    argv += ["--shard", str(args.shard[0]), "--shards", str(args.shard[1])]
    argv += ["--patience", str(args.patience), "--name", driver.label]
    argv += ["--shrink-for", str(args.shrink_for)]
    argv += ["--results", str(results), "--evidence", str(evidence)]
    if args.programs:
        argv += ["--programs", str(args.programs)]
    if args.kills:
        argv.append("--kills")
    return [*argv, "--", *driver.argv]


def _run(argv: list[str], log: Path, watcher: _Watcher,
         args: argparse.Namespace) -> tuple[Status, str]:
    with Pool(1) as pool, watcher:
        job = pool.start("soak", argv, log)
        while pool.jobs:
            pool.wait(0.2)
            watcher.tick()
            if job in pool.jobs and _is_stuck(job, args):
                pool.end(job)
                raise InternalError(f"the suite is stuck: {job.log_tail(300)}")
        watcher.tick()
    code = job.process.returncode
    if code not in (0, 1, 2, 3):
        raise InternalError(f"the suite ended with status {code}: {job.log_tail(600)}")
    if not watcher.ended:
        raise InternalError("the suite ended without a last word in its results")
    return Status(code), job.log_tail(600)


def _is_stuck(job: Job, args: argparse.Namespace) -> bool:
    return time.monotonic() - job.started > args.budget + _STUCK_SECONDS * args.patience


class _Watcher:
    """Follows the result file: a bar on a terminal, a heartbeat elsewhere; cards as they come."""

    def __init__(self, console: Console, tail: Tail, budget: float) -> None:
        self._console = console
        self._tail = tail
        self._budget = budget
        self._began = self._spoke = time.monotonic()
        self._bar = Progress(TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(),
                             console=console, transient=True)
        self._task = self._bar.add_task("soaking", total=budget)
        self.seen: dict[str, int] = {}
        self.failures: list[Record] = []
        self.title = ""
        self.ended = False

    def __enter__(self) -> _Watcher:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._console.is_terminal:
            self._bar.stop()

    def tick(self) -> None:
        try:
            for record in self._tail.read():
                self._take(record)
        except (ValueError, KeyError) as error:
            raise InternalError(f"results that cannot be read: {error}") from error
        spent = min(time.monotonic() - self._began, self._budget)
        self._bar.update(self._task, completed=spent, description=self._line())
        if not self._console.is_terminal and time.monotonic() - self._spoke > _HEARTBEAT_SECONDS:
            self._spoke = time.monotonic()
            self._console.print(f"after {spent:.0f} s: {self._line()}", soft_wrap=True)

    def _take(self, record: Record) -> None:
        kind = record["record"]
        if kind == "progress":
            self.seen = record["seen"]
        elif kind == "implementation":
            self.title = f"{record['implementation']} {record['version']}, {record['start_method']}"
        elif kind == "failure":
            self.failures.append(record)
            self._console.print(record["card"], soft_wrap=True)
        elif kind == "end":
            self.ended = True

    def _line(self) -> str:
        return sentence(self.seen) + f", {len(self.failures)} failed"


def sentence(seen: dict[str, int]) -> str:
    """`12 programs, 3456 operations, 789 pairs of them overlapping`."""
    text = f"{seen.get('programs', 0)} programs, {seen.get('operations', 0)} operations, "
    text += f"{seen.get('overlapping', 0)} pairs of them overlapping"
    undecided = seen.get("undecided", 0)
    return text + (f", {undecided} programs undecided" if undecided else "")


def _print_end(console: Console, driver: Driver, watcher: _Watcher, results: Path, status: Status,
               said: str) -> None:
    for record in watcher.failures:
        console.print(f"evidence: {record['evidence']}", soft_wrap=True)
    if status in (Status.INCONCLUSIVE, Status.DRIVER_BROKEN) and said:
        console.print(said, soft_wrap=True)
    console.print(f"results:  {results}", soft_wrap=True)
    colour = "bold green" if status == Status.CONFORMS else "bold red"
    verdict = "no program failed" if status == Status.CONFORMS else SENTENCES[status]
    console.print(Text(f"{driver.label} ({watcher.title}): {verdict}: {sentence(watcher.seen)}, "
                       f"{len(watcher.failures)} failed", style=colour), soft_wrap=True)
