"""Runs of the suite under a load, each by the psq command in a build tree of its own.

That tree is a folder of links to the programs of the real one; so runs side by side write apart, and the suite's
binary and the driver can be put where the load wants them.
"""

from __future__ import annotations

import shlex
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional, Sequence

from loads import HARNESS, Load, applied
from plan import Planned
from store import Store

from psq.base.status import InternalError, Status
from psq.running.pool import Job, Pool

SUITE = "psq-conformance"
# Whether one more run may begin; and what a run that has ended is told by: itself, its seconds, its status, where.
MayStart = Callable[[], bool]
Ended = Callable[..., None]
_TICK_SECONDS = 0.2
# A run that ended otherwise has no verdict, and is done again.
_ENDED = (
    Status.CONFORMS,
    Status.DOES_NOT_CONFORM,
    Status.INCONCLUSIVE,
    Status.DRIVER_BROKEN,
    Status.INTERNAL,
)

_SUITE_PROGRAM = """\
#!/bin/bash
# The suite's binary under the load {load}, and its driver.
options=()
while [[ $# -gt 0 && $1 != -- ]]; do options+=("$1"); shift; done
[[ $# -eq 0 ]] || set -- -- {driver} "${{@:2}}"
exec {suite} "${{options[@]}}" "$@"
"""


@dataclass(frozen=True)
class Bench:
    """Where the runs of a campaign happen."""

    build: Path
    store: Store
    commit: str
    at_once: int = 1
    # Tests at a time in each run; None leaves it to the psq command.
    jobs: Optional[int] = None


def run_all(
    bench: Bench,
    load: Load,
    planned: Sequence[Planned],
    may_start: MayStart,
    ended: Ended,
) -> None:
    """Makes the runs, `at_once` side by side, and stores each as it ends.

    Starts no further run once `may_start` says so. Interrupted, it ends its processes and keeps what was finished.
    """
    waiting = list(planned)
    with applied(load, bench.store.work / f"load-{load.name}"), Pool(bench.at_once) as pool:
        while waiting or pool.jobs:
            while waiting and pool.free and may_start():
                _start(bench, load, waiting.pop(0), pool)
            if not pool.jobs:
                return
            for job in pool.wait(_TICK_SECONDS):
                _keep(bench, job)
                ended(job.what, time.monotonic() - job.started, job.process.returncode)


def _folder(bench: Bench, planned: Planned) -> Path:
    return bench.store.work / planned.id


def _start(bench: Bench, load: Load, planned: Planned, pool: Pool) -> None:
    folder = _folder(bench, planned)
    shutil.rmtree(folder, ignore_errors=True)
    make_tree(bench, load, planned, folder)
    pool.start(planned, _command(bench, load, planned, folder), folder / "log")


def make_tree(bench: Bench, load: Load, planned: Planned, folder: Path) -> None:
    """The build tree of one run."""
    programs = folder / "bin"
    programs.mkdir(parents=True)
    for program in (bench.build / "bin").iterdir():
        if program.name != SUITE:
            (programs / program.name).symlink_to(program.resolve())
    real = (bench.build / "bin").resolve()
    suite = [*load.suite_at.prefix(), str(real / SUITE)]
    text = _SUITE_PROGRAM.format(
        load=load.name,
        suite=shlex.join(suite),
        driver=shlex.join(load.driver_prefix(real, planned.seed(bench.commit))),
    )
    (programs / SUITE).write_text(text, encoding="utf-8")
    (programs / SUITE).chmod(0o755)


def _command(bench: Bench, load: Load, planned: Planned, folder: Path) -> list[str]:
    command = [*load.run_at.prefix(), sys.executable, "-I", "-B", str(HARNESS / "psq"), str(folder)]
    command += ["check", planned.implementation, "--seed", str(planned.seed(bench.commit))]
    command += ["--results", str(folder / "results.jsonl")]
    if bench.jobs is not None:
        command += ["--jobs", str(bench.jobs)]
    for glob in planned.tests:
        command += ["--test", glob]
    return command


def _keep(bench: Bench, job: Job) -> None:
    planned: Planned = job.what
    folder = _folder(bench, planned)
    status = job.process.returncode
    results = folder / "results.jsonl"
    if status not in _ENDED or (status == Status.INTERNAL and not results.is_file()):
        raise InternalError(f"{planned.id}: psq ended with status {status}:\n{job.log_tail()}")
    kept = bench.store.results(planned, bench.commit)
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(str(results), str(kept))
    facts = {
        "seed": planned.seed(bench.commit),
        "seconds": round(time.monotonic() - job.started, 1),
        "status": status,
        "at_once": bench.at_once,
    }
    bench.store.keep(planned, bench.commit, folder / "evidence", facts)
    shutil.rmtree(folder)
