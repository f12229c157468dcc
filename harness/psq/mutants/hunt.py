"""Runs the suite against mutants, several at a time, until a test fails or all have passed."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter, deque
from pathlib import Path
from typing import Callable

from psq.mutants.change import Change
from psq.mutants.running import How, suite_argv
from psq.mutants.subject import Baseline, Stillborn, Subject, Variant
from psq.mutants.trial import KILLED, STILLBORN, Step, Trial
from psq.results.result_file import Tail
from psq.running.pool import Job, Pool

_TICK_SECONDS = 0.2
# The suite bounds each test itself.
_STUCK_SECONDS = 120.0

Done = Callable[[Trial], None]


class Hunt:
    """The mutants of one subject; `run` tries them."""

    def __init__(
        self, subject: Subject, baseline: Baseline, how: How, confined: list[str], done: Done
    ) -> None:
        self._subject = subject
        self._baseline = baseline
        self._how = how
        self._confined = confined
        self._done = done
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
            while waiting or pool.jobs:
                while waiting and pool.free and time.monotonic() < until:
                    tried += 1
                    self._begin(pool, waiting.popleft())
                if not pool.jobs:
                    break
                self._watch(pool, pool.wait(_TICK_SECONDS))
        return tried

    def _build_controls(self) -> dict[str, Variant]:
        folder = self._scratch / "unchanged"
        folder.mkdir()
        return {variant.label: variant for variant in self._subject.build(folder, None)}

    def _begin(self, pool: Pool, change: Change) -> None:
        self._number += 1
        trial = Trial(change, self._scratch / str(self._number))
        trial.folder.mkdir()
        trial.seconds = -time.monotonic()
        try:
            variants = {each.label: each for each in self._subject.build(trial.folder, change)}
        except Stillborn as error:
            trial.outcome, trial.message = STILLBORN, str(error)
        else:
            trial.plan([(variants[label], test) for label, test in self._order(change)])
        self._go_on(pool, trial)

    def _order(self, change: Change) -> list[tuple[str, str]]:
        """The first variant first; there, the tests that killed nearby, then the quick ones."""
        labels = list(self._baseline.of)

        def rank(each: tuple[str, str]) -> tuple:
            label, test = each
            function = self._kills[change.file, change.where, test]
            seconds = self._baseline.of[label][test].seconds
            return labels.index(label), -function, -self._kills[change.file, test], seconds

        return sorted(self._baseline.candidates(change), key=rank)

    def _go_on(self, pool: Pool, trial: Trial) -> None:
        if trial.outcome:
            trial.seconds += time.monotonic()
            if trial.outcome == KILLED:
                self.remember(trial.change, trial.test)
            shutil.rmtree(trial.folder, ignore_errors=True)
            self._done(trial)
            return
        step = trial.steps.popleft()
        variant = self._controls[step.variant.label] if step.purpose == "control" else step.variant
        self._number += 1
        results = trial.folder / f"run-{self._number}.jsonl"
        argv = suite_argv(self._how, list(step.tests), variant, results)
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
            run.trial.ended(run.step, job.process.returncode, run.judged)
            self._go_on(pool, run.trial)

    @staticmethod
    def _collect(job: Job) -> bool:
        """Whether the run has told enough."""
        run: _Run = job.what
        for record in run.tail.read():
            if record.get("record") == "test" and not run.enough:
                job.alive_at = time.monotonic()
                run.judged += 1
                run.enough = run.trial.judge(run.step, record)
        return run.enough


class _Run:
    def __init__(self, trial: Trial, step: Step, tail: Tail) -> None:
        self.trial = trial
        self.step = step
        self.tail = tail
        self.judged = 0
        self.enough = False
