"""One mutant before the suite: which tests it still has to pass, and what came of it."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

from psq.mutants.change import Change
from psq.mutants.subject import Variant

KILLED = "killed"  # a test that the unchanged sources pass failed, each of three times
SOMETIMES = "sometimes"  # such a test failed once, and not again
SURVIVED = "survived"  # every test that reaches the change passed
UNREACHED = "unreached"  # no test reaches the change
UNDECIDED = "undecided"  # no test failed, but some had no verdict
STILLBORN = "stillborn"  # does not compile, or every test had a driver that does not start
OUTCOMES = (KILLED, SURVIVED, UNREACHED, SOMETIMES, UNDECIDED, STILLBORN)

_FIRST_SHARES = (6, 20, 60)
_CONFIRMATIONS = 2
_STARTS_TO_BELIEVE = 3


@dataclass(frozen=True)
class Step:
    """One run of the suite: these tests against a variant of the mutant, or of the unchanged subject."""

    variant: Variant
    tests: tuple[str, ...]
    purpose: str = "search"  # or confirm, or control


@dataclass
class Trial:
    change: Change
    folder: Path
    steps: deque[Step] = field(default_factory=deque)
    outcome: str = ""
    test: str = ""
    clause: str = ""
    message: str = ""
    suspect: Optional[Step] = None
    confirmed: int = 0
    seconds: float = 0.0
    verdicts: Counter = field(default_factory=Counter)
    doubtful: list[str] = field(default_factory=list)  # tests that failed once

    def plan(self, tests: list[tuple[Variant, str]]) -> None:
        """The first shares are small: most mutants are killed at once."""
        if not tests:
            self.outcome = UNREACHED
        sizes = deque(_FIRST_SHARES)
        while tests:
            variant = tests[0][0]
            most = sizes.popleft() if sizes else len(tests)
            share = [test for of, test in tests[:most] if of.label == variant.label]
            self.steps.append(Step(variant, tuple(share)))
            taken = {(variant.label, test) for test in share}
            tests = [(of, test) for of, test in tests if (of.label, test) not in taken]

    def judge(self, step: Step, record: dict) -> bool:
        """Takes the verdict of one test; whether the run has told enough."""
        verdict = record["verdict"]
        if step.purpose == "search":
            self.verdicts[verdict] += 1
            if verdict == "fail":
                self._suspect(step, record)
                return True
        elif step.purpose == "confirm":
            self._confirm(verdict == "fail")
        elif verdict != "pass":
            self._confirm(False)
        return False

    def _suspect(self, step: Step, record: dict) -> None:
        self.test, self.clause = record["test"], record.get("clause") or ""
        self.message = record.get("saw") or record.get("message") or ""
        rest = step.tests[step.tests.index(self.test) + 1 :]
        if rest:
            self.steps.appendleft(Step(step.variant, rest))
        self.suspect, self.confirmed = Step(step.variant, (self.test,), "confirm"), 0
        again = [Step(step.variant, (self.test,), "control")] + [self.suspect] * _CONFIRMATIONS
        self.steps.extendleft(reversed(again))

    def _confirm(self, failed: bool) -> None:
        if not failed:
            self.doubtful.append(self.test)
            self.suspect = None
            while self.steps and self.steps[0].purpose != "search":
                self.steps.popleft()
            return
        self.confirmed += 1
        if self.confirmed == _CONFIRMATIONS:
            self.outcome = KILLED
            self.steps.clear()

    def ended(self, step: Step, status: int, judged: int) -> None:
        """The run of a step is over. A run that had to be ended, or left tests without a verdict, decides nothing."""
        if step.purpose != "search":
            if judged == 0:
                self._confirm(False)
        elif judged == 0 and status != 0:
            self.verdicts["driver-error" if status == 3 else "no verdict"] += len(step.tests)
        self._is_stillborn()
        if not self.steps and not self.outcome:
            self._conclude()

    def _is_stillborn(self) -> None:
        errors = self.verdicts["driver-error"]
        if errors >= _STARTS_TO_BELIEVE and errors == sum(self.verdicts.values()):
            self.outcome = STILLBORN
            self.steps.clear()

    def _conclude(self) -> None:
        unsure = sum(self.verdicts[each] for each in ("driver-error", "inconclusive", "no verdict"))
        self.test = self.clause = self.message = ""
        if self.doubtful:
            self.outcome, self.test = SOMETIMES, ", ".join(self.doubtful)
        elif self.verdicts and set(self.verdicts) == {"driver-error"}:
            self.outcome = STILLBORN
        else:
            self.outcome = UNDECIDED if unsure else SURVIVED
