"""Runs the suite against mutants, several at a time, until a test fails or all have passed."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections import Counter, deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

from psq.mutants.change import Change
from psq.mutants.running import How, suite_argv
from psq.mutants.subject import Baseline, Stillborn, Subject, Variant
from psq.mutants.trial import CONTROL, FAILURES, KILLED, STILLBORN, Step, Trial
from psq.results.result_file import Tail
from psq.running.pool import Job, Pool

_TICK_SECONDS = 0.2
# A mutant is compiled while earlier ones meet their tests.
_BUILT_AHEAD = 2
# The suite bounds each test itself.
_STUCK_SECONDS = 120.0

Done = Callable[[Trial], None]


class Hunt:
    """The mutants of one subject; `run` tries them."""

    def __init__(
        self,
        subject: Subject,
        baseline: Baseline,
        how: How,
        confined: list[str],
        done: Done,
        most: Optional[int] = None,
    ) -> None:
        self._subject = subject
        self._baseline = baseline
        self._how = how
        self._confined = confined
        self._done = done
        self._most = most
        # By function and by file, how often a test has killed there: such a test goes first.
        self._kills: Counter = Counter()
        self._controls: dict[str, Variant] = {}
        self._number = 0

    def remember(self, change: Change, test: str) -> None:
        """A kill of an earlier run."""
        self._kills[change.file, change.where, test] += 1
        self._kills[change.file, test] += 1

    def run(self, changes: list[Change], jobs: int, until: float) -> int:
        """How many mutants were tried before the monotonic clock showed `until`."""
        waiting = deque(changes)
        tried = 0
        with tempfile.TemporaryDirectory(prefix="psq-") as scratch, Pool(jobs) as pool:
            self._scratch = Path(scratch)
            self._controls = self._build_controls()
            with ThreadPoolExecutor(1) as builder:
                built: deque[_Build] = deque()
                while waiting or built or pool.jobs:
                    while waiting and len(built) < _BUILT_AHEAD and time.monotonic() < until:
                        tried += 1
                        built.append(self._build(builder, waiting.popleft()))
                    while built and pool.free and built[0].future.done():
                        self._begin(pool, built.popleft())
                    if not pool.jobs and not built:
                        break
                    self._watch(pool, pool.wait(_TICK_SECONDS))
        return tried

    def _build_controls(self) -> dict[str, Variant]:
        folder = self._scratch / "unchanged"
        folder.mkdir()
        return {variant.label: variant for variant in self._subject.build(folder, None)}

    def _build(self, builder: ThreadPoolExecutor, change: Change) -> _Build:
        self._number += 1
        folder = self._scratch / str(self._number)
        folder.mkdir()
        return _Build(change, folder, builder.submit(self._subject.build, folder, change))

    def _begin(self, pool: Pool, build: _Build) -> None:
        trial = Trial(build.change, build.folder)
        trial.seconds = -time.monotonic()
        try:
            variants = {each.label: each for each in build.future.result()}
        except Stillborn as error:
            trial.outcome, trial.message = STILLBORN, str(error)
        else:
            trial.plan([(variants[label], test) for label, test in self._order(build.change)])
        self._go_on(pool, trial)

    def _order(self, change: Change) -> list[tuple[str, str]]:
        """The first variant first; there, tests that killed nearby, those of a like name, quick ones."""
        labels = list(self._baseline.of)
        terms = _terms(change.where or change.file)

        def rank(each: tuple[str, str]) -> tuple:
            label, test = each
            function = self._kills[change.file, change.where, test]
            seconds = self._baseline.of[label][test].seconds
            near = len(terms & _terms(test))
            return labels.index(label), -function, -near, -self._kills[change.file, test], seconds

        return sorted(self._baseline.candidates(change), key=rank)[: self._most]

    def _go_on(self, pool: Pool, trial: Trial) -> None:
        if trial.outcome:
            trial.seconds += time.monotonic()
            if trial.outcome == KILLED:
                self.remember(trial.change, trial.test)
            shutil.rmtree(trial.folder, ignore_errors=True)
            self._done(trial)
            return
        step = trial.steps.popleft()
        variant = self._controls[step.variant.label] if step.purpose == CONTROL else step.variant
        self._number += 1
        results = trial.folder / f"run-{self._number}.jsonl"
        how = self._how.patient() if step.patient else self._how
        argv = suite_argv(how, list(step.tests), variant, results)
        run = _Run(trial, step, Tail(results))
        pool.start(run, [*self._confined, *argv], results.with_suffix(".log"))

    def _watch(self, pool: Pool, ended: list[Job]) -> None:
        for job in list(pool.jobs):
            if self._collect(job) or job.quiet_for > _STUCK_SECONDS * self._how.patience:
                pool.kill(job)
                ended.append(job)
        for job in ended:
            self._collect(job)
            run: _Run = job.what
            run.trial.ended(run.step, job.process.returncode, run.records)
            self._go_on(pool, run.trial)

    @staticmethod
    def _collect(job: Job) -> bool:
        """Whether a test has failed: then the rest of the run tells nothing more."""
        run: _Run = job.what
        for record in run.tail.read():
            if record.get("record") == "test" and not run.has_failed:
                job.alive_at = time.monotonic()
                run.records.append(record)
        return run.has_failed


def _terms(name: str) -> set[str]:
    """`JoinableQueue.task_done` and `joinable-queue.task-done.any-process` have four in common."""
    return {term.lower() for term in re.findall(r"[A-Z]?[a-z]+", name)}


@dataclass(frozen=True)
class _Build:
    change: Change
    folder: Path
    future: Future[list[Variant]]


class _Run:
    def __init__(self, trial: Trial, step: Step, tail: Tail) -> None:
        self.trial = trial
        self.step = step
        self.tail = tail
        self.records: list[dict] = []

    @property
    def has_failed(self) -> bool:
        return bool(self.records) and self.records[-1]["verdict"] in FAILURES
