"""Ledgers: what is refused, which entries are stale, and how a run brings one up to date."""

import json

import pytest

from psq.base.status import UsageError
from psq.law.clause_table import Clause, Law, Test
from psq.results import known, result_file
from psq.running import ledger, ledger_update

CLAUSES = ("q.a", "q.b", "q.c", "q.untested")
LAW = Law(
    {name: Clause(name, "MUST", "base", "", "q", "", "") for name in CLAUSES},
    {name: Test(name, (name,), "MUST", "base") for name in CLAUSES[:3]},
)
A, B = ({"clause": name, "reason": f"the reason of {name}"} for name in ("q.a", "q.b"))


def run_of(tmp_path, verdicts, entries=(), selection=(), applies=(), causes=None, end=None):
    """Stored results of the tests q.a, q.b and q.c, judged with these entries."""
    hello = {"implementation": "i", "version": "3", "start_method": "fork"}
    listed = [
        {
            **{"clause": each["clause"], "line": 4 + 4 * number},
            **{"applies": each["clause"] in (applies or CLAUSES)},
            "always": "now_and_then" not in each,
        }
        for number, each in enumerate(entries)
    ]
    records = [
        {"record": "plan", "name": "n", "tests": [*CLAUSES[:3]], "selection": [*selection]},
        {"record": "implementation", **hello},
        {"record": "ledger", "path": "i.json", "entries": listed},
    ]
    for name, verdict in verdicts.items():
        record = {"record": "test", "test": name, "clauses": [name], "verdict": verdict, "seed": 7}
        failed = {"clause": name, "saw": "less", "expected": "more"} if verdict == "fail" else {}
        said = {"message": "not declared"} if verdict == "unsupported" else {}
        records.append({**record, **failed, **said, **((causes or {}).get(name) or {})})
    records.append({"record": "end", "problems": [], **(end or {})})
    path = tmp_path / "run.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in records))
    return result_file.load(path)


ALL_PASS = {"q.a": "pass", "q.b": "pass", "q.c": "pass"}


def content(*entries):
    return {"implementation": "i", "entries": [*entries]}


@pytest.mark.parametrize(
    "changed, said",
    [
        ({"verdicts": {"q.a": "pass"}}, "2 tests did not run"),
        ({"selection": ["--test q.*"]}, "filtered run.*--test q"),
        ({"verdicts": {**ALL_PASS, "q.b": "inconclusive"}}, "1 tests undecided, such as q.b"),
        ({"verdicts": {**ALL_PASS, "q.b": "driver-error"}}, "driver is broken"),
        ({"end": {"interrupted": True}}, "interrupted"),
    ],
)
def test_runs_that_cannot_tell(tmp_path, changed, said):
    with pytest.raises(UsageError, match=said):
        ledger_update.expect_whole(run_of(tmp_path, **{"verdicts": ALL_PASS, **changed}), LAW)


def test_a_failure_gets_an_entry_whose_reason_is_to_be_written(tmp_path):
    run = run_of(tmp_path, {**ALL_PASS, "q.b": "fail"})
    ledger_update.expect_whole(run, LAW)
    found = ledger_update.update(run, None)
    (entry,) = found.content["entries"]
    assert found.content["implementation"] == "i" and entry["clause"] == "q.b"
    assert entry["reproduction"] == "psq check n --test 'q.b' --seed 7"
    path = tmp_path / "i.json"
    path.write_text(found.text)
    with pytest.raises(UsageError, match="q.b has no reason yet"):
        ledger.read(path, LAW)
    assert ledger.read(path, LAW, unfinished=True) == found.content
    entry["reason"] = "it loses one"
    path.write_text(found.text)
    assert ledger.read(path, LAW) == found.content


def test_reasons_and_their_order_are_kept(tmp_path):
    verdicts = {"q.a": "expected-fail", "q.b": "expected-fail", "q.c": "fail"}
    found = ledger_update.update(run_of(tmp_path, verdicts, [B, A]), content(B, A))
    assert found.content["entries"][:2] == [B, A]
    assert [each["clause"] for each in found.content["entries"]] == ["q.b", "q.a", "q.c"]


def test_an_entry_goes_when_its_clause_passes(tmp_path):
    verdicts = {**ALL_PASS, "q.a": "unexpected-pass", "q.b": "expected-fail"}
    found = ledger_update.update(run_of(tmp_path, verdicts, [A, B]), content(A, B))
    assert found.content["entries"] == [B] and found.changes == ["removed: q.a: it passed"]


def test_an_entry_stays_for_other_start_methods(tmp_path):
    both = {**A, "start_methods": ["fork", "spawn"]}
    run = run_of(tmp_path, {**ALL_PASS, "q.a": "unexpected-pass"}, [both])
    assert ledger_update.update(run, content(both)).content["entries"] == [
        {**A, "start_methods": ["spawn"]}
    ]
    other = {**A, "start_methods": ["spawn"]}
    run = run_of(tmp_path, {**ALL_PASS, "q.a": "fail"}, [other], applies=["none"])
    kept, added = ledger_update.update(run, content(other)).content["entries"]
    assert kept == other and added["start_methods"] == ["fork"]


def test_nothing_changes_without_a_reason(tmp_path):
    now_and_then = {**A, "now_and_then": "1 of 9", "reproduction": "x"}
    run = run_of(tmp_path, {**ALL_PASS, "q.b": "expected-fail"}, [now_and_then, B])
    assert ledger_update.update(run, content(now_and_then, B)).changes == []


@pytest.mark.parametrize("sections, covered", [(["q"], True), (["p"], False)])
def test_a_defect_that_blocks_other_tests_is_named(tmp_path, sections, covered):
    cause = {"cause": "q.size raised X", "sections": sections}
    verdicts = {**ALL_PASS, "q.a": "fail", "q.c": "blocked"}
    found = ledger_update.update(
        run_of(tmp_path, verdicts, causes={"q.a": cause, "q.c": cause}), None
    )
    (entry,) = found.content["entries"]
    assert entry.get("blocks") == ("q.size raised X" if covered else None)
    assert bool(found.left) is not covered


@pytest.mark.parametrize(
    "before, said",
    [
        (content(A), "without this ledger, or it was changed"),
        ({**content(), "implementation": "j"}, "the ledger is for j"),
    ],
)
def test_a_run_with_another_ledger_changes_none(tmp_path, before, said):
    with pytest.raises(UsageError, match=said):
        ledger_update.update(run_of(tmp_path, ALL_PASS), before)


def test_entries_that_can_match_nothing_are_told_with_their_line(tmp_path):
    verdicts = {"q.a": "expected-fail", "q.b": "unsupported", "q.c": "pass"}
    found = known.unmatched(run_of(tmp_path, verdicts, [A, B, A]))
    assert len(found) == 2
    assert "q.b, which is unsupported (not declared)" in found[0] and "i.json:8" in found[0]
    assert "q.a twice" in found[1] and "i.json:12" in found[1]
    assert known.unmatched(run_of(tmp_path, verdicts, [A, B], applies=["q.a"])) == []
    assert known.unmatched(run_of(tmp_path, {"q.a": "expected-fail"}, [A, B])) == []
    run = run_of(tmp_path, verdicts, [A, B])
    run.plan["thorough"] = {"left_out": ["q.b/long"]}  # it may be the one that fails
    assert known.unmatched(run) == []
    run = run_of(tmp_path, verdicts, [A, B])
    run.plan["selection"] = ["--test q.b/short"]  # so may one that was not selected
    assert known.unmatched(run) == []


def test_a_clause_without_a_test_has_no_entry(tmp_path):
    path = tmp_path / "i.json"
    path.write_text(json.dumps(content({"clause": "q.untested", "reason": "r"})))
    with pytest.raises(UsageError, match="no test decides q.untested"):
        ledger.read(path, LAW)


def test_the_command(psq, paths, tmp_path):
    driver, mine = f"{paths.build / 'driver'} queue.put_a=fail --", tmp_path / "mine.json"
    psq("check", driver, "--seed", "3")
    (stored,) = paths.results.iterdir()
    update = ("ledger", "update", str(stored), str(mine))
    status, out, _ = psq(*update, "--dry-run")
    assert status == 0 and "added: queue.put.a" in out and not mine.exists()
    assert psq(*update)[0] == 0
    assert json.loads(mine.read_text())["implementation"] == "misbehaving"
    status, _, err = psq("check", driver, "--ledger", str(mine))
    assert status == 64 and "no reason yet" in err
    assert psq("ledger", "updaet", str(stored))[0] == 64


def test_a_ledger_that_is_asked_for_is_made_without_a_failure_too(psq, paths, tmp_path):
    driver, mine = f"{paths.build / 'driver'} --", tmp_path / "mine.json"
    assert psq("check", driver)[0] == 0
    (stored,) = paths.results.iterdir()
    status, _, err = psq("check", driver, "--ledger", str(mine))
    assert status == 64 and "No such file or directory. 'psq ledger update RESULTS LEDGER'" in err
    assert "nothing to change" in psq("ledger", "update", str(stored))[1]
    assert "nothing to change" in psq("ledger", "update", str(stored), str(mine), "--dry-run")[1]
    assert not mine.exists()
    assert "without an entry" in psq("ledger", "update", str(stored), str(mine))[1]
    assert psq("check", driver, "--ledger", str(mine))[0] == 0
