"""When an entry of a ledger applies, and which line it stands on, as the suite tells psq."""

import json
import subprocess
import sys

import pytest
from test_broken_drivers import BROKEN, SUITE, ledger_of, run_suite

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
