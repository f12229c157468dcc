"""psq mutants: what counts as a kill, and what does not."""

from pathlib import Path

import pytest
from psq.mutants.change import Change
from psq.mutants.subject import Baseline, Facts, Variant
from psq.mutants.trial import KILLED, SOMETIMES, STILLBORN, SURVIVED, UNDECIDED, UNREACHED, Trial

FORK = Variant("fork", ("driver",))
TESTS = [(FORK, name) for name in ("a", "b", "c", "d")]


def change(statement=3):
    return Change("queues.py", 3, 1, "drop", 0, 1, "x", "pass", "Queue.put", statement)


def tried(verdicts, tests=TESTS, saw="no answer within 3 s"):
    """A trial in which each test gives its verdicts in turn, and then passes; None: the driver does not start.

    `control:a` are the verdicts of the unchanged sources; `saw` is what each failure tells.
    """
    left = {name: list(each) for name, each in verdicts.items()}
    trial = Trial(change(), Path("folder"))
    trial.plan(tests)
    ran = []
    while not trial.outcome:
        step = trial.steps.popleft()
        records = []
        for test in step.tests:
            name = f"control:{test}" if step.purpose == "control" else test
            verdict = left[name].pop(0) if left.get(name) else "pass"
            ran.append((step.purpose, test))
            if verdict is None:
                break
            records.append({"test": test, "verdict": verdict, "clause": "q.c", "saw": saw})
            if verdict in ("fail", "blocked"):
                break
        trial.ended(step, 1 if records else 3, records)
    return trial, ran


def test_a_kill_is_seen_three_times_and_not_with_the_unchanged_sources():
    trial, ran = tried({"b": ["fail"] * 3})
    assert (trial.outcome, trial.test, trial.clause) == (KILLED, "b", "q.c")
    assert [purpose for purpose, test in ran if test == "b"] == [
        "search",
        "control",
        "confirm",
        "confirm",
    ]
    assert ("search", "c") not in ran


@pytest.mark.parametrize(
    "saw, runs",
    [
        ("the item 3 twice", 2),
        ("an end after 1.36 s", 3),
        ("its thread still sleeps", 3),
        ("", 3),
    ],
)
def test_a_wrong_answer_is_seen_twice_and_a_late_one_three_times(saw, runs):
    trial, ran = tried({"a": ["fail"] * runs}, saw=saw)
    assert trial.outcome == KILLED
    assert [purpose for purpose, _ in ran] == ["search", "control"] + ["confirm"] * (runs - 1)
    assert tried({"a": ["fail"] * (runs - 1)}, saw=saw)[0].outcome == SOMETIMES


@pytest.mark.parametrize("verdicts", [["fail"], ["fail", "fail"], ["fail", "inconclusive", "fail"]])
def test_a_failure_that_does_not_come_again_is_no_kill(verdicts):
    trial, ran = tried({"b": verdicts})
    assert (trial.outcome, trial.test) == (SOMETIMES, "b")
    assert [test for purpose, test in ran if purpose == "search"] == ["a", "b", "c", "d"]


@pytest.mark.parametrize("control", ["fail", "inconclusive", "driver-error", None])
def test_a_failure_of_the_unchanged_sources_is_no_kill(control):
    assert tried({"b": ["fail"] * 3, "control:b": [control]})[0].outcome == SOMETIMES


def test_a_later_test_may_still_kill():
    trial, _ = tried({"a": ["fail"], "d": ["fail"] * 3})
    assert (trial.outcome, trial.test) == (KILLED, "d")


def test_who_passes_everything_survives():
    assert tried({})[0].outcome == SURVIVED


@pytest.mark.parametrize("verdict", ["inconclusive", "driver-error"])
def test_what_decides_nothing_is_tried_again_and_is_neither_a_kill_nor_a_pass(verdict):
    trial, ran = tried({"c": [verdict]})
    assert trial.outcome == SURVIVED and [test for _, test in ran] == ["a", "b", "c", "d", "c"]
    assert tried({"c": [verdict] * 2})[0].outcome == UNDECIDED
    assert tried({"c": [verdict, "fail", "fail", "fail"]})[0].outcome == KILLED


def test_a_driver_that_does_not_start_twice_is_stillborn():
    assert tried({"a": [None, None]})[0].outcome == STILLBORN
    trial, ran = tried({"a": [None]})
    assert trial.outcome == SURVIVED and [test for _, test in ran] == ["a", "a", "b", "c", "d"]


def test_a_test_that_is_blocked_has_found_the_mutant():
    trial, _ = tried({"c": ["blocked"] * 3})
    assert (trial.outcome, trial.test) == (KILLED, "c")


def test_a_driver_whose_children_do_not_start_is_not_stillborn():
    assert tried({name: ["driver-error"] * 2 for name in "abcd"})[0].outcome == UNDECIDED


def test_no_test_for_a_change_is_an_outcome_of_its_own():
    assert tried({}, tests=[])[0].outcome == UNREACHED


def test_the_first_runs_are_short_and_every_test_has_its_turn_once():
    tests = [(FORK, f"t{number}") for number in range(200)]
    tests += [(Variant("spawn", ("driver",)), f"t{number}") for number in range(3)]
    trial = Trial(change(), Path("folder"))
    trial.plan(list(tests))
    sizes = [len(step.tests) for step in trial.steps]
    assert sizes[0] < 10 and sizes == sorted(sizes[:-1]) + [3]
    planned = [(step.variant.label, test) for step in trial.steps for test in step.tests]
    assert planned == [(variant.label, test) for variant, test in tests]


def test_only_tests_that_pass_and_reach_the_statement_are_candidates():
    line = {"queues.py:3"}
    baseline = Baseline(
        {
            "fork": {
                "reaches": Facts("pass", 0.1, line),
                "elsewhere": Facts("pass", 0.1, {"queues.py:4"}),
                "fails": Facts("fail", 0.1, line),
                "known": Facts("expected-fail", 0.1, line),
            },
            "spawn": {"unmeasured": Facts("pass", 0.1)},
        }
    )
    assert baseline.candidates(change()) == [("fork", "reaches"), ("spawn", "unmeasured")]
    as_the_file_is_read = [test for _, test in baseline.candidates(change(statement=0))]
    assert as_the_file_is_read == ["reaches", "elsewhere", "unmeasured"]
