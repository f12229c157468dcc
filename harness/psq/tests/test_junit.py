"""JUnit: nothing that is not a pass looks like one."""

from xml.etree import ElementTree

import pytest

from psq.reporting import junit
from psq.results.run import VERDICTS, Run


def suite_of(verdicts, planned=(), problems=()):
    tests = {
        f"q.{verdict}": {
            "test": f"q.{verdict}",
            "clauses": ["q"],
            "verdict": verdict,
            "seconds": 0.25,
            "message": "said <so> \x00\x1b",
            "card": "FAIL  q\n  & more",
        }
        for verdict in verdicts
    }
    run = Run("n", {"tests": [*tests, *planned]}, tests=tests, problems=list(problems))
    return ElementTree.fromstring(junit.render([run])).find("testsuite")


@pytest.mark.parametrize(
    "verdict, element",
    [
        ("fail", "failure"),
        ("unexpected-pass", "failure"),
        ("inconclusive", "error"),
        ("driver-error", "error"),
        ("internal-error", "error"),
        ("unsupported", "skipped"),
        ("expected-fail", "skipped"),
    ],
)
def test_each_verdict_has_its_element(verdict, element):
    case = suite_of([verdict]).find("testcase")
    assert case.find(element) is not None
    assert "so" in case.find(element).get("message")


def test_a_pass_has_none():
    assert list(suite_of(["pass"]).find("testcase")) == []


def test_a_failure_carries_its_card():
    assert "& more" in suite_of(["fail"]).find("testcase/failure").text


def test_what_did_not_run_is_an_error():
    suite = suite_of(["pass"], planned=["q.never"])
    case = suite.find("testcase[@name='q.never']")
    assert case.find("error") is not None
    assert int(suite.get("errors")) == 2  # the test, and the run that lost it


def test_a_problem_of_the_run_is_an_error():
    suite = suite_of(["pass"], problems=["the suite crashed"])
    assert "crashed" in suite.find("testcase[@name='(the run itself)']/error").get("message")


def test_the_counts_are_those_of_the_cases():
    suite = suite_of(VERDICTS)
    assert suite.get("failures") == "2"
    assert suite.get("skipped") == "3"
    assert int(suite.get("tests")) == len(suite.findall("testcase"))
