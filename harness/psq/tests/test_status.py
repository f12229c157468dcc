"""Verdict arithmetic: what a run ends with."""

import pytest

from psq.base.status import Status, worst
from psq.results.run import VERDICTS, Run


def run_of(*verdicts, planned=None, problems=()):
    names = [f"queue.t{index}" for index in range(planned or len(verdicts))]
    tests = {
        name: {"test": name, "clauses": ["queue.x"], "verdict": verdict}
        for name, verdict in zip(names, verdicts)
    }
    return Run("x", plan={"tests": names}, tests=tests, problems=list(problems))


@pytest.mark.parametrize(
    "statuses, expected",
    [
        ([0, 0], 0),
        ([0, 2], 2),
        ([2, 1, 0], 1),
        ([1, 3, 2], 3),
        ([3, 64, 1], 64),
        ([64, 70, 3], 70),
        ([], 2),
        ([0, 139], 70),
    ],
)
def test_the_worst_speaks_for_all(statuses, expected):
    assert worst(statuses) == expected


@pytest.mark.parametrize(
    "verdicts, expected",
    [
        (["pass"], 0),
        (["pass", "expected-fail", "unsupported"], 0),
        (["pass", "deviates"], 0),
        (["pass", "fail"], 1),
        (["pass", "unexpected-pass"], 1),
        (["pass", "inconclusive"], 2),
        (["inconclusive", "fail"], 1),
        (["fail", "driver-error"], 3),
        (["driver-error", "internal-error"], 70),
    ],
)
def test_verdicts_make_a_status(verdicts, expected):
    assert run_of(*verdicts).status() == expected


def test_a_run_of_skips_verifies_nothing():
    assert run_of("unsupported", "unsupported").status() == Status.INCONCLUSIVE


def test_a_missing_test_is_an_internal_error_even_beside_a_failure():
    assert run_of("pass", "fail", planned=3).status() == Status.INTERNAL


def test_a_broken_driver_explains_missing_tests():
    assert run_of("driver-error", planned=3).status() == Status.DRIVER_BROKEN


def test_a_problem_is_an_internal_error():
    assert run_of("pass", problems=["it crashed"]).status() == Status.INTERNAL


def test_a_run_that_planned_nothing_is_not_green():
    assert run_of().status() == Status.INTERNAL


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_has_a_status(verdict):
    assert isinstance(run_of(verdict).status(), Status)
