"""What a driver itself takes, as the suite measures it before it judges anything."""

from __future__ import annotations

from pathlib import Path
from typing import Sequence

from psq.results.driver_times import checked
from psq.results.result_file import Tail
from psq.results.run import Record
from psq.running.pool import Pool

_TICK_SECONDS = 0.1
_LIMIT_SECONDS = 60.0


def measure(pool: Pool, suite: Path, driver: Sequence[str], patience: float, stem: Path) -> Record:
    """Measures a driver alone in an empty pool; the files of the measurement begin with `stem`.

    Empty for a driver that cannot be used: that shows in its tests. Raises ValueError when the record cannot be read.
    """
    results = stem.with_suffix(".jsonl")
    argv = [str(suite), "--measure", "--results", str(results)]
    argv += ["--patience", str(patience), "--", *driver]
    job = pool.start(None, argv, stem.with_suffix(".log"))
    while pool.jobs:
        pool.wait(_TICK_SECONDS)
        if job in pool.jobs and job.quiet_for > _LIMIT_SECONDS:
            pool.end(job)
    measured = Tail(results).read()
    return checked(measured[0]) if measured else {}
