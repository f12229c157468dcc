"""psq soak: generated programs for a given time, with evidence of every failure."""

from __future__ import annotations

import argparse
import random
import shlex
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from rich.console import Console
from rich.text import Text

from psq.base import options
from psq.base.paths import Paths
from psq.base.status import SENTENCES, InternalError, Status, UsageError, make_folder, worst
from psq.reporting import timeline
from psq.reporting.console import make_console
from psq.reporting.soak_progress import SoakProgress, sentence
from psq.results.result_file import Tail
from psq.running.cluster import Cluster, Scheduler, scheduler_of
from psq.running.drivers import Driver, resolve
from psq.running.shards import Shard, merge, programs_of
from psq.running.units import Here, Limit, Unit, work_off

# Shrinking a failure and waiting for a hang go on beyond the budget.
_STUCK_SECONDS = 300.0
_ENDED = (0, 1, 2, 3)
_RESULTS = "results.jsonl"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("driver", metavar="DRIVER")
    parser.add_argument(
        "--budget",
        metavar="TIME",
        type=options.duration,
        default=60.0,
        help="how long: 90s, 10m, 1.5h (default 60s)",
    )
    parser.add_argument(
        "--shard",
        metavar="K/N",
        type=options.shard,
        default=(1, 1),
        help="the K-th share of N of the programs; give all N the same --seed",
    )
    parser.add_argument(
        "--seed",
        metavar="N",
        type=options.natural,
        help="seed of the first program; each next one's is one more",
    )
    parser.add_argument(
        "--programs",
        metavar="N",
        type=options.at_least_one,
        help="no more programs than these: 1 replays one",
    )
    parser.add_argument(
        "--kills", action="store_true", help="kill one process of each program at a random time"
    )
    parser.add_argument(
        "--stops",
        action="store_true",
        help="stop processes of each program at random times, or when they wait; "
        "most are continued, some killed",
    )
    parser.add_argument(
        "--shrink-for",
        metavar="TIME",
        type=options.duration,
        default=10.0,
        help="how long to look for a smaller program that fails (default 10s)",
    )
    options.add_patience(parser)
    parser.add_argument(
        "--results",
        metavar="FILE",
        help="where the results go (default: build/results/NAME.soak.jsonl)",
    )
    options.add_python_driver(parser)
    options.add_scheduler(parser, "run shares of the programs, each for the budget,")
    parser.add_argument(
        "--shards",
        metavar="N",
        type=options.at_least_one,
        help="with --scheduler: how many shares (default: as many as its workers have threads)",
    )


def run(args: argparse.Namespace, paths: Paths) -> Status:
    """Runs the suite's soak against one driver and draws the history of each failure."""
    scheduler = scheduler_of(args, paths)
    if scheduler and args.shard != (1, 1):
        raise UsageError("--shard goes without --scheduler, which runs all shares; see --shards")
    if args.shards and not scheduler:
        raise UsageError("--shards goes with --scheduler; here --shard K/N runs one share")
    driver = resolve(args.driver, paths, args.interpreter, args.start_method)
    args.seed = random.SystemRandom().randrange(2**31) if args.seed is None else args.seed
    results = Path(args.results) if args.results else paths.results / f"{driver.slug}.soak.jsonl"
    if results.is_dir():
        raise UsageError(f"--results {results} is a folder; name a file")
    evidence = paths.evidence / f"{driver.slug}.soak"
    console = make_console()
    share = f", share {args.shard[0]} of {args.shard[1]}" if args.shard[1] > 1 else ""
    console.print(f"soaking {driver.label} for {args.budget:g} s, seed {args.seed}{share}")
    soak = _Soak(args, paths, driver, results, evidence)
    watcher = SoakProgress(console, Tail(results), args.budget)
    status, said = (
        _on_cluster(soak, scheduler, console, watcher) if scheduler else _here(soak, watcher)
    )
    for page in timeline.draw_all(evidence):
        console.print(f"timeline: {page}", soft_wrap=True)
    _print_end(console, driver, watcher, results, status, said)
    return status


@dataclass(frozen=True)
class _Soak:
    args: argparse.Namespace
    paths: Paths
    driver: Driver
    results: Path
    evidence: Path

    def clear(self) -> None:
        """What an earlier soak left; old evidence beside new results misleads."""
        make_folder(self.results.parent)
        self.results.unlink(missing_ok=True)
        shutil.rmtree(self.evidence, ignore_errors=True)

    def unit(self, shard: Shard, folder: Path, results: Path, evidence: Path) -> Unit:
        """The suite with one share of the programs."""
        args = self.args
        argv = [str(self.paths.suite), "--soak", "--budget", str(args.budget)]
        argv += ["--seed", str(args.seed), "--shard", f"{shard.number}/{shard.of}"]
        argv += ["--patience", str(args.patience), "--name", self.driver.label]
        argv += ["--shrink-for", str(args.shrink_for)]
        argv += ["--results", str(results), "--evidence", str(evidence)]
        argv += ["--replay", f"{self.paths.command} soak {shlex.quote(self.driver.label)}"]
        if shard.programs:
            argv += ["--programs", str(shard.programs)]
        if args.kills:
            argv.append("--kills")
        if args.stops:
            argv.append("--stops")
        limit = Limit(args.budget + _STUCK_SECONDS * args.patience)
        return Unit(shard, shard.name, [*argv, "--", *self.driver.argv], folder, limit)


def _here(soak: _Soak, watcher: SoakProgress) -> tuple[Status, str]:
    soak.clear()
    with tempfile.TemporaryDirectory(prefix="psq-") as scratch:
        number, of = soak.args.shard
        shard = Shard(number, of, soak.args.programs)
        unit = soak.unit(shard, Path(scratch), soak.results, soak.evidence)
        with Here(1) as here, watcher:
            here.start(unit)
            try:
                while here.running:
                    here.wait(0.2)
                    watcher.tick()
            except KeyboardInterrupt:
                watcher.tick()
                return Status.INTERRUPTED, ""
        if wrong := _wrong_with(unit):
            raise InternalError(wrong)
        if not watcher.ended:
            raise InternalError("the suite ended without an end record in its results")
        return worst([unit.status or 0]), unit.log_tail(600)


def _wrong_with(unit: Unit) -> str:
    """Why the unit has no verdict; empty when it has one."""
    if unit.lost or unit.stuck:
        return unit.lost or f"the suite is stuck: {unit.log_tail(300)}"
    if unit.status not in _ENDED:
        return f"the suite ended with status {unit.status}: {unit.log_tail(600)}"
    return ""


def _on_cluster(
    soak: _Soak, scheduler: Scheduler, console: Console, watcher: SoakProgress
) -> tuple[Status, str]:
    """All shares; what has ended stays in the results, whatever becomes of the rest."""
    ended: list[Unit] = []
    wrong: list[str] = []

    def keep(unit: Unit) -> None:
        if why := _wrong_with(unit):
            wrong.append(f"{unit.name}: {why}")
        if not unit.lost:
            ended.append(unit)
            how = f"status {unit.status} after {unit.seconds:.0f} s on {unit.host}"
            console.print(f"{unit.name}: {how}", soft_wrap=True)

    interrupted, count = False, 0
    try:
        with Cluster(scheduler, soak.paths, console.print) as cluster:
            soak.clear()
            shards = list(_shards(soak, soak.args.shards or cluster.threads()))
            count = len(shards)
            work_off(cluster, shards, keep)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        parts = [unit.folder / _RESULTS for unit in ended]
        merge(parts, soak.results, whole=len(parts) == count and not wrong)
        watcher.tick()
    if wrong:
        raise InternalError(
            f"{count - len(wrong)} of {count} shares ended, with their results in {soak.results}; "
            + "; ".join(wrong)
        )
    said = [unit.log_tail(600) for unit in ended if unit.status not in (0, 1)]
    status = Status.INTERRUPTED if interrupted else worst(unit.status or 0 for unit in ended)
    return status, "\n".join(said)


def _shards(soak: _Soak, count: int) -> Iterator[Unit]:
    programs = soak.args.programs
    if programs:
        count = min(count, programs)
    for number in range(1, count + 1):
        shard = Shard(number, count, programs_of(programs, number, count))
        folder = soak.evidence / f"shard-{number}"
        yield soak.unit(shard, folder, folder / _RESULTS, folder)


def _print_end(
    console: Console,
    driver: Driver,
    watcher: SoakProgress,
    results: Path,
    status: Status,
    said: str,
) -> None:
    for record in watcher.failures:
        console.print(f"evidence: {record['evidence']}", soft_wrap=True)
    if status in (Status.INCONCLUSIVE, Status.DRIVER_BROKEN) and said:
        console.print(said, soft_wrap=True)
    console.print(f"results:  {results}", soft_wrap=True)
    colour = "bold green" if status == Status.CONFORMS else "bold red"
    verdict = "no program failed" if status == Status.CONFORMS else SENTENCES[status]
    console.print(
        Text(
            f"{driver.label} ({watcher.title}): {verdict}: {sentence(watcher.seen)}, "
            f"{len(watcher.failures)} failed",
            style=colour,
        ),
        soft_wrap=True,
    )
