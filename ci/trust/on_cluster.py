"""The runs of a campaign on the workers of a cluster, each under its load there: the campaign of one run, as a unit."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Sequence

from plan import Planned
from runs import Bench, Ended, MayStart
from store import Store

from psq.base.paths import Paths
from psq.base.status import InternalError
from psq.running.cluster import Cluster, Scheduler
from psq.running.units import Unit, work_off

_PROGRAM = Path(__file__).resolve().with_name("campaign.py")


def run_on_cluster(
    bench: Bench,
    scheduler: Scheduler,
    paths: Paths,
    planned: Sequence[Planned],
    may_start: MayStart,
    ended: Ended,
) -> None:
    """Makes the runs, as many at a time as the workers have threads, and stores each as it comes back.

    Raises InternalError in the end when some could not be made; all that were made are stored.
    """
    wrong: list[str] = []

    def keep(unit: Unit) -> None:
        run: Planned = unit.what
        if unit.lost:
            wrong.append(f"{run.id}: {unit.lost}")
        elif bench.store.adopt(run, bench.commit, _store_of(unit), unit.host):
            ended(run, unit.seconds, unit.status, f" on {unit.host}")
        else:
            wrong.append(f"{run.id}: no run came back from {unit.host}: {unit.log_tail(600)}")
        shutil.rmtree(unit.folder, ignore_errors=True)

    with Cluster(scheduler, paths, print) as cluster:
        work_off(cluster, (_unit(bench, each) for each in planned), keep, may_start=may_start)
    if wrong:
        raise InternalError("; ".join(wrong))


def _store_of(unit: Unit) -> Store:
    return Store(unit.folder / "state")


def _unit(bench: Bench, run: Planned) -> Unit:
    folder = bench.store.work / run.id
    shutil.rmtree(folder, ignore_errors=True)
    argv = [sys.executable, "-B", str(_PROGRAM), "--build", str(bench.build)]
    argv += ["--state", str(folder / "state"), "--only", run.implementation, "--load", run.load]
    argv += ["--index", str(run.index)]
    if bench.jobs is not None:
        argv += ["--jobs", str(bench.jobs)]
    for glob in run.tests:
        argv += ["--test", glob]
    return Unit(run, run.id, argv, folder)
