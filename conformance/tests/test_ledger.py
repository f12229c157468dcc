"""The ledger of known failures: what it covers, when an entry applies, and which one is refused."""

import json
import subprocess
import sys

import pytest
from suite import BROKEN, ONE_TEST, SUITE, judge_broken, judged_with, ledger_of, run_suite


# Ranges of versions, and whether 3.11.2 is in them.
VERSIONS = {
    "3.11": True,
    "3.1": False,
    "3.11.2": True,
    "3": True,
    ">=3.11": True,
    ">=3.11.3": False,
    "<3.12": True,
    "<3.11.2": False,
    "<=3.11.2": True,
    ">3.11": True,
    ">=3.9, <3.11": False,
    "==3.11.2": True,
    "==3.11": False,
    "!=3.11.2": False,
    ">=3.11,!=3.11.1": True,
    ">3.9": True,
}


def clauses():
    told = subprocess.run([SUITE, "--clauses"], capture_output=True, text=True, check=True)
    return [json.loads(line)["id"] for line in told.stdout.splitlines()]


def test_where_an_entry_applies(tmp_path):
    where = [({"version": text}, holds) for text, holds in VERSIONS.items()]
    where += [({"start_methods": [name]}, name == "none") for name in ("none", "spawn")]
    where += [({"platforms": [name]}, name == "linux") for name in ("linux", "plan9")]
    where += [({"version": "3", "start_methods": ["spawn"]}, False), ({}, True)]
    entries = [{"clause": each, "reason": "r", **w} for each, (w, _) in zip(clauses(), where)]
    path, results = tmp_path / "ledger.json", tmp_path / "results.jsonl"
    path.write_text(json.dumps(json.loads(ledger_of(*entries)), indent=1))
    program = BROKEN.read_text().replace('"version": "1"', '"version": "3.11.2"')
    (tmp_path / "driver.py").write_text(program)
    run_suite(
        *("--measure", "--results", str(results), "--ledger", str(path)),
        *("--", sys.executable, str(tmp_path / "driver.py"), "right"),
    )
    records = [json.loads(line) for line in results.read_text().splitlines()]
    (seen,) = [each for each in records if each["record"] == "ledger"]
    lines = path.read_text().splitlines()
    assert len(seen["entries"]) == len(where)
    for told, entry, (condition, holds) in zip(seen["entries"], entries, where):
        assert (told["clause"], told["applies"]) == (entry["clause"], holds), condition
        assert f'"{entry["clause"]}"' in lines[told["line"] - 1]


@pytest.mark.parametrize(
    "entry, says",
    [
        ({"version": ">=3.x"}, "no range of versions"),
        ({"version": "=>3"}, "no range of versions"),
        ({"version": "3,"}, "no range of versions"),
        ({"platforms": "linux"}, "ledger"),
        ({"reason": ""}, "has no reason yet"),
        ({"reason": "TO DO: say why"}, "has no reason yet"),
    ],
)
def test_an_entry_that_says_nothing_is_refused(tmp_path, entry, says):
    path = tmp_path / "ledger.json"
    path.write_text(ledger_of({"clause": "queue.put.full-at-once", "reason": "r", **entry}))
    ended = run_suite("--test", "queue.put.full-at-once", "--ledger", str(path), "--", "x")
    assert ended.returncode == 64 and says in ended.stderr


def test_a_pass_names_the_line_of_its_entry(tmp_path):
    path = tmp_path / "ledger.json"
    # The driver is right at least here: it says ok to everything.
    clause = "queue.put.returns-without-consumer"
    entry = {"clause": clause, "reason": "r"}
    path.write_text(json.dumps(json.loads(ledger_of(entry)), indent=1))
    ended = run_suite(
        *("--test", clause, "--ledger", str(path)),
        *("--", sys.executable, str(BROKEN), "right"),
    )
    assert f"take out the entry at {path}:5" in ended.stdout


def test_no_ledger_covers_a_defect_of_the_driver(tmp_path):
    entry = {"clause": "queue.put.full-at-once", "blocks": "queue"}
    ended, (record,) = judged_with("defect", "queue.put.full-at-once", entry, tmp_path)
    assert (ended.returncode, record["verdict"]) == (3, "driver-error")


@pytest.mark.parametrize(
    "blocks, status",
    [("queue.create raised Oops", 0), ("queue.create raised", 0), ("queue.create crashed", 1)],
)
def test_a_ledger_names_the_defect_whose_blocked_tests_it_knows(tmp_path, blocks, status):
    entry = {"clause": "queue.create.unbounded", "blocks": blocks}
    ended, (record,) = judged_with("create-raises", "queue.put.full-at-once", entry, tmp_path)
    assert ended.returncode == status, ended.stdout
    assert record["verdict"] == ("expected-fail" if status == 0 else "blocked")


@pytest.mark.parametrize(
    "content, says",
    [
        ("not json", "ledger"),
        ('{"entries":[]}', "implementation"),
        (ledger_of({"clause": "queue.no.such-clause", "reason": "x"}), "queue.no.such-clause"),
        (ledger_of({"clause": "queue.put.full-at-once"}), "reason"),
        (
            ledger_of(
                {"clause": "queue.put.full-at-once", "reason": "x", "now_and_then": "1 in 9"}
            ),
            "needs a reproduction",
        ),
        ('{"implementation":"x","entries":[],"entires":[]}', "'entires' (did you mean entries?)"),
        (
            ledger_of(
                {"clause": "queue.put.full-at-once", "reason": "x", "start_method": ["fork"]}
            ),
            "the unknown key 'start_method' (did you mean start_methods?)",
        ),
    ],
)
def test_broken_ledger(tmp_path, content, says):
    ledger = tmp_path / "ledger.json"
    ledger.write_text(content)
    ended = run_suite(*ONE_TEST, "--ledger", str(ledger), "--", "x")
    assert ended.returncode == 64
    assert says in ended.stderr


@pytest.mark.parametrize("alone", [[], ["--test", "queue.put.blocks-when-full"], ["--measure"]])
def test_a_ledger_of_another_implementation_is_refused(tmp_path, alone):
    ledger, results = tmp_path / "ledger.json", tmp_path / "results.jsonl"
    entry = {"clause": "queue.put.full-at-once", "reason": "known"}
    ledger.write_text(ledger_of(entry, implementation="cpython"))
    ended = judge_broken("none", *alone, "--ledger", str(ledger), "--results", str(results))
    assert ended.returncode == 64, ended.stdout
    assert f"ledger {ledger} is for the implementation cpython" in ended.stderr
    assert "this driver judges broken" in ended.stderr
    written = results.read_text() if results.exists() else ""
    assert '"record":"test"' not in written


def test_ledger_expects_a_failure_and_then_refuses_it_as_stale(tmp_path):
    ledger = tmp_path / "ledger.json"
    ledger.write_text(ledger_of({"clause": "queue.put.full-at-once", "reason": "known"}))
    # This driver answers ok to everything, so a put on a full queue does too.
    assert judge_broken("none").returncode == 1
    assert judge_broken("none", "--ledger", str(ledger)).returncode == 0
    ledger.write_text(
        ledger_of({"clause": "queue.put.returns-without-consumer", "reason": "stale"})
    )
    ended = run_suite(
        "--test",
        "queue.put.returns-without-consumer",
        "--ledger",
        str(ledger),
        "--",
        sys.executable,
        str(BROKEN),
        "none",
    )
    assert ended.returncode == 1
    assert f"take out the entry at {ledger}:" in ended.stdout


@pytest.mark.parametrize("clause", ["queue.put.full-at-once", "queue.put.returns-without-consumer"])
def test_a_clause_that_fails_now_and_then_may_fail_and_pass(tmp_path, clause):
    ledger = tmp_path / "ledger.json"
    entry = {"clause": clause, "reason": "a race", "reproduction": "r", "now_and_then": "1 of 9"}
    ledger.write_text(ledger_of(entry))
    driver = (sys.executable, str(BROKEN), "none")
    ended = run_suite("--test", clause, "--ledger", str(ledger), "--", *driver)
    assert ended.returncode == 0, ended.stdout
