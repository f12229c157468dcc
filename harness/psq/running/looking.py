"""A first look at a driver, alone, before it is judged: its hello, and what it takes itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Sequence

from psq.base.status import Status, UsageError
from psq.results.driver_times import checked
from psq.results.fields import check_fields
from psq.results.result_file import Tail
from psq.results.run import Record, check_record
from psq.running.pool import Job, Pool

_TICK_SECONDS = 0.1
_LIMIT_SECONDS = 60.0


def said_by_suite(job: Job) -> str:
    """What the suite said of wrong usage."""
    return job.log_tail().removeprefix("psq-conformance: ")


@dataclass(frozen=True)
class Look:
    """All of it is empty for a driver that cannot be used: that shows in its tests."""

    plan: Record = field(default_factory=dict)
    times: Record = field(default_factory=dict)
    implementation: Record = field(default_factory=dict)
    ledger: Record = field(default_factory=dict)
    unsupported: dict[str, Record] = field(default_factory=dict)
    """The records of the tests that need not start: the hello and one question say that they cannot be."""


def look(
    pool: Pool, suite: Path, driver: Sequence[str], options: Sequence[str], stem: Path
) -> Look:
    """Looks at a driver in an empty pool; the files that this makes begin with `stem`.

    Raises UsageError when the suite refuses the options, a ledger of another implementation for
    example, and ValueError when its records cannot be read.
    """
    results = stem.with_suffix(".jsonl")
    argv = [str(suite), "--measure", "--thorough", "--results", str(results)]
    argv += [*options, "--", *driver]
    job = pool.start(None, argv, stem.with_suffix(".log"))
    while pool.jobs:
        pool.wait(_TICK_SECONDS)
        if job in pool.jobs and job.quiet_for > _LIMIT_SECONDS:
            pool.end(job)
    if job.process.returncode == Status.USAGE:
        raise UsageError(said_by_suite(job))
    records = [record for record in Tail(results).read() if isinstance(record, dict)]
    of_kind = {record.get("record"): record for record in records}
    tests = [record for record in records if record.get("record") == "test"]
    for record in tests:
        check_record(record, "the suite")
    times = of_kind.get("driver")
    return Look(
        of_kind.get("plan", {}),
        checked(times) if times else {},
        of_kind.get("implementation", {}),
        _fields_checked(of_kind.get("ledger", {})),
        {record["test"]: record for record in tests if record["verdict"] == "unsupported"},
    )


def _fields_checked(record: Record) -> Record:
    check_fields(record)
    return record
