"""One root cause is one defect, however many tests meet it."""

import json
from xml.etree import ElementTree

import pytest

from psq.law.clause_table import Clause, Law, Test
from psq.results import tally
from psq.results.defects import defects_of, settle
from psq.results.run import Run

RAISED = "simple_queue.empty raised AttributeError"
SECTIONS = ["simple-queue.empty"]


def record(test, verdict, clause="", cause="", sections=()):
    return {
        "test": test,
        "clauses": [test],
        "verdict": verdict,
        "clause": clause,
        "cause": cause,
        "sections": list(sections),
        "saw": "raised (AttributeError: _poll)",
    }


def run_of(*records):
    tests = {each["test"]: each for each in records}
    return Run("n", plan={"tests": list(tests)}, tests=tests)


def failed(test, cause=RAISED):
    return record(test, "fail", test, cause, SECTIONS if cause else ())


def blocked(test, cause=RAISED):
    return record(test, "blocked", "", cause, SECTIONS)


def test_what_one_call_does_wrong_is_one_defect():
    run = run_of(failed("simple-queue.empty.exact"), blocked("q.a"), blocked("q.b"))
    (defect,) = defects_of(run)
    assert defect.fails == ["simple-queue.empty.exact"] and defect.blocks == ["q.a", "q.b"]
    assert defect.sentence == f"{RAISED}: fails simple-queue.empty.exact; blocks 2 tests"
    assert run.status() == 1


def test_a_defect_that_no_test_of_its_own_saw_is_said_and_fails_the_run():
    run = run_of(record("simple-queue.empty.exact", "pass"), blocked("q.a"))
    (defect,) = defects_of(run)
    assert "no test of simple-queue.empty failed in this run; blocks 1 test" in defect.sentence
    assert run.status() == 1


def test_failures_of_other_clauses_by_a_defect_of_the_operation_become_blocked():
    run = run_of(failed("simple-queue.empty.exact"), failed("q.a"), failed("q.b", cause=""))
    assert [each["test"] for each in settle(run)] == ["q.a"]
    assert [run.tests[test]["verdict"] for test in ("q.a", "q.b")] == ["blocked", "fail"]
    assert run.status() == 1


def test_an_error_that_the_operations_own_tests_do_not_see_stays_with_the_clause():
    run = run_of(record("simple-queue.empty.exact", "pass"), failed("q.a"))
    assert settle(run) == []
    assert [each.fails for each in defects_of(run)] == [["q.a"]]


def test_other_failures_are_defects_by_their_clause():
    run = run_of(failed("q.a", cause=""), failed("q.b", cause=""), blocked("q.c"))
    assert [each.cause for each in defects_of(run)] == [RAISED, "q.a", "q.b"]


def test_results_of_before_there_were_causes_are_read():
    old = {"test": "q.a", "clauses": ["q.a"], "verdict": "fail", "clause": "q.a"}
    assert [each.cause for each in defects_of(run_of(old))] == ["q.a"]


def test_a_blocked_clause_is_not_decided():
    clauses = {"q.a": Clause("q.a", "MUST", "base", "", "q", "", "")}
    law = Law(clauses, {"q.a": Test("q.a", ("q.a",), "MUST", "base")})
    run, other = run_of(blocked("q.a")), run_of(record("q.a", "pass"))
    assert tally.cell(run, law, "q.a").verdict == "blocked"
    (difference,) = tally.differences([run, other], law)
    assert "not decided" in difference.ruling


@pytest.fixture
def judged(built, tmp_path):
    """A real run of an implementation whose SimpleQueue.empty raises, under the tests that use it."""
    import subprocess

    results = tmp_path / "results.jsonl"
    reports = {kind: tmp_path / kind for kind in ("html", "markdown", "junit", "json")}
    command = [built.build / "psq", "check", "faulty:python-simple-empty-raises"]
    command += [
        "--test",
        "simple-queue.empty.exact",
        "--test",
        "simple-queue.put.visible-on-return",
    ]
    command += ["--test", "simple-queue.close.*", "--results", str(results)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    options = [word for kind, path in reports.items() for word in (f"--{kind}", str(path))]
    subprocess.run([built.build / "psq", "report", str(results), *options], check=False)
    return ended, {kind: path.read_text() for kind, path in reports.items()}


def test_every_report_of_a_real_run_groups_by_root_cause(judged):
    ended, reports = judged
    assert ended.returncode == 1, ended.stdout
    assert "1 defect\n" in ended.stdout
    assert f"{RAISED}: fails simple-queue.empty.exact; blocks" in ended.stdout
    (run,) = json.loads(reports["json"])["runs"]
    (defect,) = run["defects"]
    assert defect["fails"] == ["simple-queue.empty.exact"] and defect["blocks"]
    assert run["counts"]["blocked"] == len(defect["blocks"])
    assert all(card["clause"].startswith("simple-queue.empty") for card in run["cards"])
    for kind in ("html", "markdown"):
        assert defect["sentence"] in reports[kind]
    suite = ElementTree.fromstring(reports["junit"]).find("testsuite")
    values = [each.get("value") for each in suite.iter("property")]
    assert defect["sentence"] in values
    blocked_cases = [each for each in suite.iter("error") if each.get("type") == "blocked"]
    assert len(blocked_cases) == len(defect["blocks"])
