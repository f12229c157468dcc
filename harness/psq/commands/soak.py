"""psq soak: generated programs for a given time, with evidence of every failure."""

from __future__ import annotations

import argparse
import random
import shlex
import shutil
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.text import Text

from psq.base import options
from psq.base.paths import Paths
from psq.base.status import SENTENCES, InternalError, Status, UsageError
from psq.reporting import timeline
from psq.reporting.console import make_console
from psq.reporting.soak_progress import SoakProgress, sentence
from psq.results.result_file import Tail
from psq.running.drivers import Driver, resolve
from psq.running.pool import Job, Pool

# Shrinking a failure and waiting for a hang go on beyond the budget.
_STUCK_SECONDS = 300.0


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


def run(args: argparse.Namespace, paths: Paths) -> Status:
    """Runs the suite's soak against one driver and draws the history of each failure."""
    driver = resolve(args.driver, paths, args.interpreter, args.start_method)
    seed = random.SystemRandom().randrange(2**31) if args.seed is None else args.seed
    results = Path(args.results) if args.results else paths.results / f"{driver.slug}.soak.jsonl"
    if results.is_dir():
        raise UsageError(f"--results {results} is a folder; name a file")
    results.parent.mkdir(parents=True, exist_ok=True)
    results.unlink(missing_ok=True)
    evidence = paths.evidence / f"{driver.slug}.soak"
    shutil.rmtree(evidence, ignore_errors=True)  # old evidence beside new results misleads
    console = make_console()
    share = f", share {args.shard[0]} of {args.shard[1]}" if args.shard[1] > 1 else ""
    console.print(f"soaking {driver.label} for {args.budget:g} s, seed {seed}{share}")
    argv = _command(args, paths, driver, seed, results, evidence)
    with tempfile.TemporaryDirectory(prefix="psq-") as scratch:
        watcher = SoakProgress(console, Tail(results), args.budget)
        status, said = _watch(argv, Path(scratch) / "soak.log", watcher, args)
    for page in timeline.draw_all(evidence):
        console.print(f"timeline: {page}", soft_wrap=True)
    _print_end(console, driver, watcher, results, status, said)
    return status


def _command(
    args: argparse.Namespace, paths: Paths, driver: Driver, seed: int, results: Path, evidence: Path
) -> list[str]:
    argv = [str(paths.suite), "--soak", "--budget", str(args.budget), "--seed", str(seed)]
    argv += ["--shard", f"{args.shard[0]}/{args.shard[1]}"]
    argv += ["--patience", str(args.patience), "--name", driver.label]
    argv += ["--shrink-for", str(args.shrink_for)]
    argv += ["--results", str(results), "--evidence", str(evidence)]
    argv += ["--replay", f"{paths.command} soak {shlex.quote(driver.label)}"]
    if args.programs:
        argv += ["--programs", str(args.programs)]
    if args.kills:
        argv.append("--kills")
    if args.stops:
        argv.append("--stops")
    return [*argv, "--", *driver.argv]


def _watch(
    argv: list[str], log: Path, watcher: SoakProgress, args: argparse.Namespace
) -> tuple[Status, str]:
    with Pool(1) as pool, watcher:
        job = pool.start("soak", argv, log)
        try:
            _wait(pool, job, watcher, args)
        except KeyboardInterrupt:
            watcher.tick()
            return Status.INTERRUPTED, ""
        watcher.tick()
    code = job.process.returncode
    if code not in (0, 1, 2, 3):
        raise InternalError(f"the suite ended with status {code}: {job.log_tail(600)}")
    if not watcher.ended:
        raise InternalError("the suite ended without an end record in its results")
    return Status(code), job.log_tail(600)


def _wait(pool: Pool, job: Job, watcher: SoakProgress, args: argparse.Namespace) -> None:
    while pool.jobs:
        pool.wait(0.2)
        watcher.tick()
        if job in pool.jobs and _is_stuck(job, args):
            pool.end(job)
            raise InternalError(f"the suite is stuck: {job.log_tail(300)}")


def _is_stuck(job: Job, args: argparse.Namespace) -> bool:
    return time.monotonic() - job.started > args.budget + _STUCK_SECONDS * args.patience


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
