"""Which two stored runs can be compared clause by clause, and why others cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Sequence

from psq.base.status import SENTENCES, Status, UsageError
from psq.law.clause_table import Law
from psq.results.run import Run

# What a difference of two runs may be accepted for: --accept.
ACCEPTABLE = ("law", "selection", "thorough", "start-method")
_VERDICTS = (Status.CONFORMS, Status.DOES_NOT_CONFORM, Status.INCONCLUSIVE)


@dataclass(frozen=True)
class Obstacle:
    """Why two runs are not alike; `accept` is empty when they can never be compared."""

    accept: str
    sentence: str


def narrowed_by(run: Run, law: Law) -> str:
    """What the run leaves out of the law, but for thorough tests; empty for a whole run."""
    if "selection" in run.plan:
        return ", ".join(run.plan["selection"] or [])
    # Results of a psq that did not write down what was selected.
    named = {*run.planned, *run.thorough_left_out}
    absent = [test for test in law.tests if test not in named]
    return f"{len(absent)} of the law's tests, such as {absent[0]}" if absent else ""


def why_no_verdict(run: Run) -> str:
    """Why the run as a whole says nothing; empty when it gave a verdict."""
    status = run.status()
    if status in _VERDICTS and not run.missing and run.implementation:
        return ""
    reasons = run.problems[:1] or [f"{len(run.missing)} tests did not run" if run.missing else ""]
    return SENTENCES[status] + (f" ({reasons[0]})" if reasons[0] else "")


def obstacles(old: Run, new: Run, law: Law) -> list[Obstacle]:
    """Everything in which the two runs are not alike."""
    return [*_fatal(old, new), *_of_law(old, new), *_of_extent(old, new, law)]


def expect_comparable(old: Run, new: Run, law: Law, accepted: Sequence[str]) -> list[Obstacle]:
    """The accepted differences of the two runs; raises UsageError for each other one."""
    found = obstacles(old, new, law)
    refused = [each for each in found if each.accept not in accepted]
    if refused:
        raise UsageError("\n".join(_with_advice(each) for each in refused))
    return found


def _with_advice(obstacle: Obstacle) -> str:
    if not obstacle.accept:
        return f"cannot be compared: {obstacle.sentence}"
    return f"not compared: {obstacle.sentence}; --accept {obstacle.accept} compares what both have"


def _fatal(old: Run, new: Run) -> Iterator[Obstacle]:
    for run in (old, new):
        if reason := why_no_verdict(run):
            yield Obstacle("", f"{run.path} is no whole run: {reason}; judge it again")
    names = [run.implementation.get("implementation") for run in (old, new)]
    if all(names) and names[0] != names[1]:
        yield Obstacle(
            "",
            f"{old.path} is of {names[0]}, {new.path} of {names[1]}; "
            "'psq compare --from' puts two implementations side by side",
        )
    methods = [run.implementation.get("start_method") for run in (old, new)]
    if all(methods) and methods[0] != methods[1]:
        yield Obstacle(
            "start-method",
            f"{old.path} was started by {methods[0]}, {new.path} by {methods[1]}",
        )


def _of_law(old: Run, new: Run) -> Iterator[Obstacle]:
    digests = [str(run.plan.get("clause_digest") or "unknown") for run in (old, new)]
    if digests[0] != digests[1] or "unknown" in digests:
        yield Obstacle(
            "law",
            f"{old.path} was judged by the law {digests[0][:12]}, {new.path} by {digests[1][:12]}",
        )


def _of_extent(old: Run, new: Run, law: Law) -> Iterator[Obstacle]:
    for run in (old, new):
        if narrowed := narrowed_by(run, law):
            yield Obstacle(
                "selection", f"{run.path} is a filtered run, without the rest: {narrowed}"
            )
    with_thorough = [bool(run.thorough_run) for run in (old, new)]
    if with_thorough[0] != with_thorough[1]:
        which = old if with_thorough[0] else new
        yield Obstacle("thorough", f"of the two only {which.path} ran thorough tests")
