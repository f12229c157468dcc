"""From tests to clauses, and differences between implementations."""

import pytest

from psq.law.clause_table import Clause, Law, Test
from psq.results import tally
from psq.results.run import Run


@pytest.fixture
def law():
    levels = {"q.a": "MUST", "q.b": "MUST", "q.c": "MAY", "q.none": "MUST"}
    clauses = {i: Clause(i, level, "base", "", "q", "", "") for i, level in levels.items()}
    tests = [
        Test("q.a", ("q.a",), "MUST", "base"),
        Test("q.ab", ("q.a", "q.b"), "MUST", "base"),
        Test("q.c", ("q.c",), "MAY", "base"),
    ]
    return Law(clauses, {test.name: test for test in tests})


def run_of(law, **verdicts):
    """Records by test name with the dot as an underscore; a value may be (verdict, more)."""
    tests = {}
    for name, value in verdicts.items():
        name = name.replace("_", ".")
        verdict, more = value if isinstance(value, tuple) else (value, {})
        clauses = list(law.tests[name].clauses)
        tests[name] = {"test": name, "clauses": clauses, "verdict": verdict, **more}
    return Run("n", plan={"tests": list(law.tests)}, tests=tests)


def test_the_worst_test_of_a_clause_speaks(law):
    run = run_of(law, q_a="pass", q_ab=("fail", {"clause": "q.a"}))
    assert tally.cell(run, law, "q.a").verdict == "fail"
    assert tally.cell(run, law, "q.b").verdict == tally.NOT_REACHED


def test_a_failure_at_one_clause_is_none_at_the_other(law):
    run = run_of(law, q_a="pass", q_ab=("fail", {"clause": "q.b"}))
    assert tally.cell(run, law, "q.a").verdict == "pass"


def test_a_skip_does_not_hide_a_pass_nor_the_other_way_round(law):
    assert tally.cell(run_of(law, q_a="unsupported", q_ab="pass"), law, "q.a").verdict == "pass"
    run = run_of(law, q_a="unsupported", q_ab="unsupported")
    assert tally.cell(run, law, "q.a").verdict == "unsupported"


def test_what_did_not_run_and_what_has_no_test(law):
    assert tally.cell(run_of(law, q_a="pass"), law, "q.b").verdict == tally.NOT_RUN
    assert tally.cell(run_of(law), law, "q.none").verdict == tally.UNTESTED


def test_an_observed_behaviour_is_the_cell(law):
    run = run_of(law, q_c=("pass", {"observed": {"q.c": "late"}}))
    assert tally.cell(run, law, "q.c").text == "late"


def test_differences_and_their_rulings(law):
    one = run_of(law, q_a="pass", q_ab="pass", q_c=("pass", {"observed": {"q.c": "late"}}))
    other = run_of(
        law,
        q_a=("fail", {"clause": "q.a"}),
        q_ab=("expected-fail", {"clause": "q.b"}),
        q_c=("pass", {"observed": {"q.c": "soon"}}),
    )
    found = {each.clause: each.ruling for each in tally.differences([one, other], law)}
    assert found["q.a"] is None
    assert "ledger" in found["q.b"]
    assert "open" in found["q.c"]
    assert next(iter(found)) == "q.a"


def test_a_lack_is_no_difference(law):
    one, other = run_of(law, q_c="pass"), run_of(law, q_c="unsupported")
    assert tally.differences([one, other], law) == []
