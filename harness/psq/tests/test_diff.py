"""psq diff: what changed from one run to the next, and which runs are not compared."""

import json
import sys
from pathlib import Path

import pytest

from psq.base.status import UsageError
from psq.law.clause_table import Law
from psq.reporting import difference as shown
from psq.results import comparable, difference, result_file

HELLO = {
    "record": "implementation",
    "implementation": "i",
    "version": "1",
    "start_method": "fork",
}
TESTS = {
    "queue.put_a": ["queue.put.a"],
    "queue.put_b": ["queue.put.b", "queue.put.a"],
    "queue.get_c": ["queue.get.c"],
    "process.d": ["process.d"],
}
LONG = "queue.put.a/long"


@pytest.fixture(scope="module")
def law(tmp_path_factory):
    suite = tmp_path_factory.mktemp("suite") / "psq-conformance"
    program = Path(__file__).with_name("misbehaving_suite.py")
    suite.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{program}" "$@"\n')
    suite.chmod(0o755)
    return Law.load(suite)


@pytest.fixture
def store(tmp_path):
    """Writes results: verdicts by test, whatever a test's record has besides, and the plan."""

    def write(name, verdicts=None, hello=None, left=(LONG,), observed=None, end=None, **plan):
        tests = {**TESTS, **({} if left else {LONG: ["queue.put.a"]}), **plan.pop("more", {})}
        thorough = {"planned": [] if left else [LONG], "left_out": list(left)}
        records = [
            {
                **{"record": "plan", "name": "n", "tests": list(tests), "clause_digest": "d1"},
                **{"thorough": thorough, "selection": [], **plan},
            },
            {**HELLO, **(hello or {})},
        ]
        for test, clauses in tests.items():
            verdict = (verdicts or {}).get(test, "pass")
            record = {"record": "test", "test": test, "clauses": clauses, "verdict": verdict}
            if verdict == "fail":
                record["clause"] = clauses[0]
            if (observed or {}).get(test):
                record["observed"] = {clauses[0]: observed[test]}
            if verdict != "missing":
                records.append(record)
        records.append({"record": "end", "problems": [], **(end or {})})
        path = tmp_path / f"{name}.jsonl"
        path.write_text("".join(json.dumps(each) + "\n" for each in records))
        return str(path)

    return write


@pytest.fixture
def compared(law):
    """The content of a comparison of two stored results; raises UsageError when they are not compared."""

    def compare(old, new, *accepted):
        runs = [result_file.load(Path(each)) for each in (old, new)]
        alike = comparable.expect_comparable(*runs, law, accepted)
        return shown.facts(*runs, alike, difference.changes(*runs, law))

    return compare


def kinds_of(content):
    return {kind: rows for kind, rows in content["changes"].items() if rows}


@pytest.mark.parametrize(
    "before, after, kind, regressions",
    [
        ("pass", "fail", "new_failures", 1),
        ("unsupported", "fail", "new_failures", 1),
        ("deviates", "blocked", "new_failures", 1),
        ("pass", "expected-fail", "new_failures", 1),
        ("expected-fail", "fail", "new_failures", 1),
        ("expected-fail", "unexpected-pass", "new_failures", 1),
        ("pass", "unsupported", "lost_coverage", 1),
        ("fail", "unsupported", "lost_coverage", 1),
        ("expected-fail", "inconclusive", "lost_coverage", 1),
        ("pass", "deviates", "new_deviations", 1),
        ("fail", "pass", "newly_passed", 0),
        ("expected-fail", "pass", "newly_passed", 0),
        ("fail", "expected-fail", "now_in_the_ledger", 0),
        ("unsupported", "expected-fail", "new_coverage", 0),
        ("inconclusive", "pass", "new_coverage", 0),
    ],
)
def test_a_change_has_one_kind(store, compared, before, after, kind, regressions):
    old, new = store("old", {"queue.get_c": before}), store("new", {"queue.get_c": after})
    content = compared(old, new)
    row = {"clause": "queue.get.c", "level": "MAY", "before": before, "after": after}
    assert kinds_of(content) == {kind: [row]}
    assert content["regressions"] == regressions


@pytest.mark.parametrize(
    "before, after", [("fail", "blocked"), ("unsupported", "inconclusive"), ("pass", "pass")]
)
def test_what_is_no_change(store, compared, before, after):
    old, new = store("old", {"queue.get_c": before}), store("new", {"queue.get_c": after})
    assert kinds_of(compared(old, new)) == {}


def test_a_clause_that_is_seen_to_be_otherwise(store, compared):
    content = compared(*(store(each, observed={"queue.get_c": each}) for each in ("early", "late")))
    (row,) = kinds_of(content).pop("other_behaviour")
    assert (row["before"], row["after"]) == ("early", "late") and content["regressions"] == 0


def test_clauses_of_another_law(store, compared):
    old = store("old", more={"queue.gone": ["queue.gone"]})
    new = store("new", {"queue.new": "fail"}, more={"queue.new": ["queue.new"]}, clause_digest="d2")
    with pytest.raises(UsageError, match="d1.*d2.*--accept law"):
        compared(old, new)
    content = compared(old, new, "law")
    assert content["regressions"] == 0 and len(content["not_alike"]) == 1
    assert content["changes"]["new_clauses"][0]["after"] == "fail"
    assert content["changes"]["removed_clauses"][0]["clause"] == "queue.gone"


def test_a_test_that_is_gone_is_lost_coverage(store, compared):
    content = compared(store("old", more={"queue.more": ["queue.more"]}), store("new"))
    assert content["changes"]["lost_coverage"][0]["after"] == "no test"


@pytest.mark.parametrize(
    "changed, said",
    [
        ({"hello": {"implementation": "j"}}, "psq compare --from"),
        ({"end": {"interrupted": True}}, "interrupted"),
        ({"end": {"problems": ["it broke"]}}, "it broke"),
        ({"verdicts": {"process.d": "missing"}}, "1 tests did not run"),
        ({"verdicts": {"process.d": "driver-error"}}, "the driver is broken"),
    ],
)
def test_what_can_never_be_compared(store, compared, changed, said):
    good, bad = store("good"), store("bad", **changed)
    for runs in ((good, bad), (bad, good)):
        with pytest.raises(UsageError, match=said):
            compared(*runs, *comparable.ACCEPTABLE)


@pytest.mark.parametrize(
    "changed, kind, said",
    [
        ({"selection": ["--test queue.*"]}, "selection", "filtered run"),
        ({"hello": {"start_method": "spawn"}}, "start-method", "spawn"),
        ({"left": ()}, "thorough", "only"),
        ({"clause_digest": None}, "law", "unknown"),
    ],
)
def test_what_is_compared_when_that_is_said(store, compared, changed, kind, said):
    runs = store("old"), store("new", **changed)
    with pytest.raises(UsageError, match=f"{said}.*--accept {kind}"):
        compared(*runs)
    assert len(compared(*runs, kind)["not_alike"]) == 1


def test_results_that_do_not_say_what_was_selected(store, compared, tmp_path):
    path = store("old")
    lines = [json.loads(line) for line in open(path, encoding="utf-8")]
    del lines[0]["selection"]
    lines[0]["tests"].remove("process.d")
    narrowed = tmp_path / "narrowed.jsonl"
    narrowed.write_text("".join(json.dumps(each) + "\n" for each in lines))
    with pytest.raises(UsageError, match="1 of the law's tests, such as process.d"):
        compared(path, narrowed)


def test_the_command(psq, store, tmp_path):
    old = store("old")
    new = store("new", {"queue.put_a": "fail", "queue.get_c": "unsupported"})
    page = tmp_path / "diff.md"
    status, out, _ = psq("diff", old, new, "--markdown", str(page), "--fail-on", "regression")
    assert status == 1
    text = page.read_text()
    for word in ("queue.put.a", "queue.get.c", "1 new failures, 1 lost coverage"):
        assert word in text and word in out
    assert "| `queue.put.a` | MUST | pass | fail |" in text
    status, out, _ = psq("diff", new, old, "--fail-on", "regression", "--json", "-")
    assert status == 0 and len(json.loads(out)["changes"]["newly_passed"]) == 1
    assert psq("diff", new, old, "--fail-on", "change")[0] == 1
    status, out, err = psq("diff", old, store("part", selection=["--test x"]))
    assert status == 64 and "filtered run" in err and out == ""
