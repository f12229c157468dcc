"""Which verdicts of a campaign are unusual.

The usual verdict of a test is the most frequent one of the idle runs of its implementation (of all runs, when none was
idle). An implementation that must conform never fails as usual: its ledger has its known failures.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Iterable, Mapping, Sequence

from loads import HARNESS  # noqa: F401  makes psq known
from plan import IDLE
from store import Finished

from psq.base.status import Status
from psq.results.run import Record, status_of

UNDECIDED = "inconclusive"
_NOT_JUDGED = "unsupported"


@dataclass(frozen=True)
class Unusual:
    """A verdict that is not the usual one of its test, and the run that it is of."""

    finished: Finished
    record: Record
    usual: str

    @property
    def verdict(self) -> str:
        return str(self.record["verdict"])

    @property
    def is_failure(self) -> bool:
        return self.verdict != UNDECIDED and status_of(self.verdict) != Status.CONFORMS


@dataclass
class Count:
    """The runs of one implementation under one load."""

    runs: int = 0
    seconds: float = 0.0
    judged: int = 0
    failures: int = 0
    undecided: int = 0
    # Allowed, but not the usual one, such as another kind of support.
    otherwise: int = 0
    # Runs that went wrong themselves, so that tests may lack a verdict.
    broken: int = 0

    def add(self, other: Count) -> None:
        for field in vars(self):
            setattr(self, field, getattr(self, field) + getattr(other, field))

    def per_thousand(self) -> str:
        """How many of 1,000 judged tests were inconclusive."""
        return f"{1000 * self.undecided / self.judged:.2f}" if self.judged else "·"


Usual = Mapping[tuple[str, str], str]


def usual_verdicts(runs: Sequence[Finished], conforming: Iterable[str]) -> Usual:
    """By implementation and test."""
    strict = set(conforming)
    idle: dict[tuple[str, str], Counter] = {}
    loaded: dict[tuple[str, str], Counter] = {}
    for finished in runs:
        seen = idle if finished.planned.load == IDLE else loaded
        for record in finished.run.tests.values() if finished.run else ():
            key = (finished.planned.implementation, record["test"])
            seen.setdefault(key, Counter())[record["verdict"]] += 1
    return {
        key: _most_frequent(idle.get(key) or loaded[key], strict=key[0] in strict)
        for key in {**loaded, **idle}
    }


def _most_frequent(counts: Counter, strict: bool) -> str:
    """The best of those seen most often; for an implementation that must conform, never a failure."""
    ranked = sorted(counts, key=lambda verdict: (-counts[verdict], status_of(verdict)))
    for verdict in ranked:
        if verdict != UNDECIDED and not (strict and status_of(verdict) != Status.CONFORMS):
            return str(verdict)
    return "pass"


def unusual_of(finished: Finished, usual: Usual) -> list[Unusual]:
    tests = finished.run.tests.values() if finished.run else ()
    key = finished.planned.implementation
    return [
        Unusual(finished, record, usual[key, record["test"]])
        for record in tests
        if record["verdict"] != usual[key, record["test"]]
    ]


def count_of(finished: Finished, unusual: Sequence[Unusual]) -> Count:
    tests = finished.run.tests.values() if finished.run else ()
    undecided = sum(each.verdict == UNDECIDED for each in unusual)
    failures = sum(each.is_failure for each in unusual)
    problems = not finished.run or finished.run.problems or finished.run.missing
    return Count(
        runs=1,
        seconds=finished.seconds,
        judged=sum(record["verdict"] != _NOT_JUDGED for record in tests),
        failures=failures,
        undecided=undecided,
        otherwise=len(unusual) - failures - undecided,
        broken=int(bool(problems)),
    )
