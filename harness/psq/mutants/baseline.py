"""The unchanged subject under every test: which of them pass, how long they take, and what they reach."""

from __future__ import annotations

import json
import tempfile
from collections import deque
from pathlib import Path
from typing import Callable

from psq.base.status import InternalError
from psq.law.clause_table import Test
from psq.mutants import reached
from psq.mutants.running import How, suite_argv
from psq.mutants.subject import Baseline, Facts, Subject, Variant, digest
from psq.results.result_file import Tail
from psq.running.pool import Job, Pool

# Start methods differ in what a process is given; of the rest one is enough.
_OF_EVERY_VARIANT = "lifecycle"
_NEVER_FAILS = "OBSERVED"
_STUCK_SECONDS = 120.0

Say = Callable[[str], None]


def key(subject: Subject, tests: list[Test]) -> str:
    """For the name of the file: other sources or tests, another file."""
    return digest({**subject.sources, **{f"test {test.name}": b"" for test in tests}})


def measure(
    subject: Subject,
    tests: list[Test],
    how: How,
    confined: list[str],
    jobs: int,
    file: Path,
    say: Say,
) -> Baseline:
    """Reads `file` when it is there, else runs the tests and writes it."""
    if file.is_file():
        return _read(file)
    say(f"running {len(tests)} tests against the unchanged sources")
    with tempfile.TemporaryDirectory(prefix="psq-") as scratch:
        folder = Path(scratch) / "unchanged"
        folder.mkdir()
        variants = subject.watched(folder)
        watched = variants is not None
        if variants is None:
            variants = subject.build(folder, None)
        found = _run(variants, tests, how, confined, jobs, Path(scratch), watched)
    _write(file, found)
    return found


def tests_of(tests: list[Test], variant: int) -> list[str]:
    """Those that can fail; for every variant but the first only those of processes."""
    return [
        test.name
        for test in tests
        if test.level != _NEVER_FAILS and (variant == 0 or test.profile == _OF_EVERY_VARIANT)
    ]


def _run(
    variants: list[Variant],
    tests: list[Test],
    how: How,
    confined: list[str],
    jobs: int,
    scratch: Path,
    watched: bool,
) -> Baseline:
    found = Baseline({variant.label: {} for variant in variants})
    waiting = deque(
        (variant, test) for i, variant in enumerate(variants) for test in tests_of(tests, i)
    )
    number = 0
    with Pool(jobs) as pool:
        while waiting or pool.jobs:
            while waiting and pool.free:
                variant, test = waiting.popleft()
                number += 1
                results = scratch / f"{number}.jsonl"
                lines = results.with_suffix(".lines") if watched else None
                argv = suite_argv(how, [test], variant, results, lines)
                pool.start((variant, test, lines), [*confined, *argv], results.with_suffix(".log"))
            for job in pool.wait(0.5):
                _note(found, job)
            for job in [job for job in pool.jobs if job.quiet_for > _STUCK_SECONDS * how.patience]:
                pool.kill(job)
                _note(found, job)
    if not any(facts.verdict == "pass" for tests in found.of.values() for facts in tests.values()):
        raise InternalError("no test passes with the unchanged sources: nothing can be shown")
    return found


def _note(found: Baseline, job: Job) -> None:
    variant, test, lines = job.what
    records = Tail(job.log.with_suffix(".jsonl")).read()
    own = [record for record in records if record.get("record") == "test"]
    verdict, seconds = ("none", 0.0)
    if len(own) == 1:
        verdict, seconds = own[0]["verdict"], float(own[0].get("seconds") or 0.0)
    found.of[variant.label][test] = Facts(
        verdict, seconds, reached.read(lines) if lines is not None else None
    )


def _read(file: Path) -> Baseline:
    found = Baseline()
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        lines = None if row["lines"] is None else set(row["lines"])
        of_variant = found.of.setdefault(row["variant"], {})
        of_variant[row["test"]] = Facts(row["verdict"], row["seconds"], lines)
    return found


def _write(file: Path, found: Baseline) -> None:
    rows: list[dict] = []
    for variant, tests in found.of.items():
        for test, facts in tests.items():
            lines = None if facts.lines is None else sorted(facts.lines)
            rows.append(
                {
                    "variant": variant,
                    "test": test,
                    "verdict": facts.verdict,
                    "seconds": facts.seconds,
                    "lines": lines,
                }
            )
    file.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: a run may be ended at any time.
    part = file.with_suffix(".part")
    part.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    part.rename(file)
