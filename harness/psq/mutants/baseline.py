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

# Start methods differ in what a process is given, and in how an end is handed over to one that runs; of the rest one is
# enough.
_OF_EVERY_VARIANT = "lifecycle"
_HANDED_OVER = "pipe.send-connection."
_NEVER_FAILS = "OBSERVED"
_DOUBTFUL = ("fail", "inconclusive", "driver-error", "internal-error", "none")
_STUCK_SECONDS = 120.0
_TICK_SECONDS = 0.5

Say = Callable[[str], None]


def measure(
    subject: Subject,
    tests: list[Test],
    how: How,
    confined: list[str],
    jobs: int,
    folder: Path,
    say: Say,
) -> Baseline:
    """Runs the tests of which `folder` does not have what they did with these sources, and adds that."""
    file = folder / f"{subject.slug}.{digest(subject.sources)}.jsonl"
    known = _read(file)
    with tempfile.TemporaryDirectory(prefix="psq-") as scratch:
        unchanged = Path(scratch) / "unchanged"
        unchanged.mkdir()
        variants = subject.watched(unchanged)
        watched = variants is not None
        if variants is None:
            variants = subject.build(unchanged, None)
        wanted = [(each, name) for i, each in enumerate(variants) for name in tests_of(tests, i)]
        planned = [each for each in wanted if _is_doubtful(known, *each)]
        if planned:
            say(f"running {len(planned)} tests against the unchanged sources")
        runs = _Runs(how, confined, Path(scratch), watched, known, file)
        runs.run(planned, jobs)
        # A test that did not pass because the machine is busy kills nothing: it is run alone.
        runs.run([each for each in planned if _is_doubtful(known, *each)], 1)
    found = Baseline()
    for variant, test in wanted:
        found.of.setdefault(variant.label, {})[test] = known.of[variant.label][test]
    if not any(facts.verdict == "pass" for tests in found.of.values() for facts in tests.values()):
        raise InternalError("no test passes with the unchanged sources: nothing can be shown")
    return found


def _is_doubtful(known: Baseline, variant: Variant, test: str) -> bool:
    facts = known.of.get(variant.label, {}).get(test)
    return facts is None or facts.verdict in _DOUBTFUL


def tests_of(tests: list[Test], variant: int) -> list[str]:
    """Those that can fail; for every variant but the first only those that start methods decide."""
    return [
        test.name
        for test in tests
        if test.level != _NEVER_FAILS and (variant == 0 or _is_of_every_variant(test))
    ]


def _is_of_every_variant(test: Test) -> bool:
    return test.profile == _OF_EVERY_VARIANT or test.name.startswith(_HANDED_OVER)


class _Runs:
    """Each test in a run of its own, with a file for the statements that it reaches.

    What is found is added to `found`, and to a file, where the last line of a test counts.
    """

    def __init__(
        self,
        how: How,
        confined: list[str],
        scratch: Path,
        watched: bool,
        found: Baseline,
        file: Path,
    ) -> None:
        self._found = found
        self._file = file
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
        facts = Facts(verdict, seconds, reaches)
        self._found.of.setdefault(variant.label, {})[test] = facts
        _add(self._file, variant.label, test, facts)


def _read(file: Path) -> Baseline:
    """Nothing where there is no file."""
    found = Baseline()
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    for line in text.splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue  # empty, or a run was ended in the middle of it
        lines = None if row["lines"] is None else set(row["lines"])
        of_variant = found.of.setdefault(row["variant"], {})
        of_variant[row["test"]] = Facts(row["verdict"], row["seconds"], lines)
    return found


def _add(file: Path, variant: str, test: str, facts: Facts) -> None:
    row = {
        "variant": variant,
        "test": test,
        "verdict": facts.verdict,
        "seconds": facts.seconds,
        "lines": None if facts.lines is None else sorted(facts.lines),
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as out:
        out.write("\n" + json.dumps(row))
