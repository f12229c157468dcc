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
_DOUBTFUL = ("fail", "inconclusive", "driver-error", "internal-error", "none")
_STUCK_SECONDS = 120.0
_TICK_SECONDS = 0.5

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
        runs = _Runs(how, confined, Path(scratch), watched)
        planned = [(each, name) for i, each in enumerate(variants) for name in tests_of(tests, i)]
        runs.run(planned, jobs)
        # A test that did not pass because the machine is busy kills nothing: it is run alone.
        runs.run([each for each in planned if _is_doubtful(runs.found, *each)], 1)
    found = runs.found
    if not any(facts.verdict == "pass" for known in found.of.values() for facts in known.values()):
        raise InternalError("no test passes with the unchanged sources: nothing can be shown")
    _write(file, found)
    return found


def _is_doubtful(found: Baseline, variant: Variant, test: str) -> bool:
    return found.of[variant.label][test].verdict in _DOUBTFUL


def tests_of(tests: list[Test], variant: int) -> list[str]:
    """Those that can fail; for every variant but the first only those of processes."""
    return [
        test.name
        for test in tests
        if test.level != _NEVER_FAILS and (variant == 0 or test.profile == _OF_EVERY_VARIANT)
    ]


class _Runs:
    """Each test in a run of its own, with a file for the statements that it reaches."""

    def __init__(self, how: How, confined: list[str], scratch: Path, watched: bool) -> None:
        self.found = Baseline()
        self._how = how
        self._confined = confined
        self._scratch = scratch
        self._watched = watched
        self._number = 0

    def run(self, tests: list[tuple[Variant, str]], jobs: int) -> None:
        waiting = deque(tests)
        with Pool(jobs) as pool:
            while waiting or pool.jobs:
                while waiting and pool.free:
                    self._start(pool, *waiting.popleft())
                ended = pool.wait(_TICK_SECONDS)
                limit = _STUCK_SECONDS * self._how.patience
                for job in [job for job in pool.jobs if job.quiet_for > limit]:
                    pool.kill(job)
                    ended.append(job)
                for job in ended:
                    self._note(job)

    def _start(self, pool: Pool, variant: Variant, test: str) -> None:
        self._number += 1
        # A folder for each: the suite removes what a suite of its own number has left there, and numbers are equal in
        # process namespaces that are new.
        folder = self._scratch / str(self._number)
        folder.mkdir()
        results = folder / "results.jsonl"
        lines = results.with_suffix(".lines") if self._watched else None
        argv = suite_argv(self._how, [test], variant, results, lines)
        pool.start((variant, test, lines), [*self._confined, *argv], results.with_suffix(".log"))

    def _note(self, job: Job) -> None:
        variant, test, lines = job.what
        records = Tail(job.log.with_suffix(".jsonl")).read()
        own = [record for record in records if record.get("record") == "test"]
        verdict, seconds = ("none", 0.0)
        if len(own) == 1:
            verdict, seconds = own[0]["verdict"], float(own[0].get("seconds") or 0.0)
        reaches = reached.read(lines) if lines is not None else None
        self.found.of.setdefault(variant.label, {})[test] = Facts(verdict, seconds, reaches)


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
