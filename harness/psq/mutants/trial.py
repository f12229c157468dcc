"""One mutant before the suite: which tests it still has to pass, and what came of it."""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

from psq.mutants.change import Change
from psq.mutants.subject import Variant

KILLED = "killed"  # a test that the unchanged sources pass failed, and failed each time again
SOMETIMES = "sometimes"  # such a test failed once, and not again
SURVIVED = "survived"  # every test that reaches the change passed
UNREACHED = "unreached"  # no test reaches the change
UNDECIDED = "undecided"  # no test failed, but some had no verdict, in two runs
STILLBORN = "stillborn"  # does not compile, or the driver does not start
OUTCOMES = (KILLED, SURVIVED, UNREACHED, SOMETIMES, UNDECIDED, STILLBORN)

SEARCH, CONFIRM, CONTROL = "search", "confirm", "control"

_FIRST_SHARES = (6, 20, 60)
_CONFIRMATIONS = 2
# A wrong answer is wrong on a busy machine too: one more time is enough, unless the failure names a time.
_CONFIRMATIONS_OF_A_WRONG_ANSWER = 1
_A_TIME = re.compile(r"\bno answer\b|\bhang|\bstill\b|\blate\b|\bnever\b|\d ?(s|ms|us|seconds?)\b")
# A test that cannot come to its clause because the implementation breaks before has found that, too.
FAILURES = ("fail", "blocked")
_DECIDED = ("pass", *FAILURES, "unsupported", "expected-fail", "deviates", "unexpected-pass")
_NO_VERDICT = "no verdict"
_DRIVER_DID_NOT_START = 3


@dataclass(frozen=True)
class Step:
    """One run of the suite against a variant of the mutant, or, as the control, of the unchanged subject."""

    variant: Variant
    tests: tuple[str, ...]
    purpose: str = SEARCH
    patient: bool = False  # with more time: a call that is slow on a busy machine does not hang


@dataclass
class Trial:
    change: Change
    folder: Path
    steps: deque[Step] = field(default_factory=deque)
    outcome: str = ""
    test: str = ""
    clause: str = ""
    message: str = ""
    confirmations: int = 0  # still wanted
    seconds: float = 0.0
    verdicts: Counter = field(default_factory=Counter)
    doubtful: list[str] = field(default_factory=list)  # tests that failed once
    again: list[tuple[Variant, str]] = field(default_factory=list)

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

    def ended(self, step: Step, status: Optional[int], records: list[dict]) -> None:
        """Takes what a run of the suite has written, up to the first failure."""
        if step.purpose == SEARCH:
            self._searched(step, status, records)
        else:
            wanted = FAILURES if step.purpose == CONFIRM else ("pass",)
            self._confirm(step, len(records) == 1 and records[0]["verdict"] in wanted)
        if not self.steps and not self.outcome:
            self._look_again()
        if not self.steps and not self.outcome:
            self._conclude()

    def _searched(self, step: Step, status: Optional[int], records: list[dict]) -> None:
        found = {each["test"]: each for each in records}
        if not found and status == _DRIVER_DID_NOT_START:
            self._did_not_start(step)
            return
        failed = [test for test, each in found.items() if each["verdict"] in FAILURES]
        left = tuple(test for test in step.tests if test not in found)
        if failed and left:
            self.steps.appendleft(Step(step.variant, left, SEARCH, step.patient))
        verdicts = {test: each["verdict"] for test, each in found.items()}
        if not failed:
            verdicts.update({test: _NO_VERDICT for test in left})
        for test, verdict in verdicts.items():
            if verdict in _DECIDED or step.patient:
                self.verdicts[verdict] += 1
            else:
                self.again.append((step.variant, test))
        if failed:
            self._suspect(step, found[failed[0]])

    def _did_not_start(self, step: Step) -> None:
        if step.patient:
            self.outcome = STILLBORN
            self.steps.clear()
            return
        first, rest = step.tests[:1], step.tests[1:]
        if rest:
            self.steps.appendleft(Step(step.variant, rest))
        self.steps.appendleft(Step(step.variant, first, SEARCH, patient=True))

    def _suspect(self, step: Step, record: dict) -> None:
        self.test, self.clause = record["test"], record.get("clause") or record.get("cause") or ""
        self.message = record.get("saw") or record.get("message") or ""
        self.confirmations = _confirmations(record)
        again = [Step(step.variant, (self.test,), CONTROL)]
        again += [Step(step.variant, (self.test,), CONFIRM, patient=True)] * self.confirmations
        self.steps.extendleft(reversed(again))

    def _confirm(self, step: Step, right: bool) -> None:
        if not right:
            self.doubtful.append(self.test)
            while self.steps and self.steps[0].purpose != SEARCH:
                self.steps.popleft()
        elif step.purpose == CONFIRM:
            self.confirmations -= 1
            if self.confirmations == 0:
                self.outcome = KILLED
                self.steps.clear()

    def _look_again(self) -> None:
        for variant in {each.label: each for each, _ in self.again}.values():
            tests = tuple(test for each, test in self.again if each.label == variant.label)
            self.steps.append(Step(variant, tests, SEARCH, patient=True))
        self.again = []

    def _conclude(self) -> None:
        unsure = sum(count for verdict, count in self.verdicts.items() if verdict not in _DECIDED)
        self.test = self.clause = self.message = ""
        if self.doubtful:
            self.outcome, self.test = SOMETIMES, ", ".join(self.doubtful)
        else:
            self.outcome = UNDECIDED if unsure else SURVIVED


def _confirmations(record: dict) -> int:
    """How often a failure has to be seen again."""
    told = " ".join(str(record.get(field) or "") for field in ("saw", "message", "cause")).strip()
    if not told or _A_TIME.search(told):
        return _CONFIRMATIONS
    return _CONFIRMATIONS_OF_A_WRONG_ANSWER
