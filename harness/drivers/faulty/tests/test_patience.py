"""Patience costs no power: a call that waits half, or half as long again, as its timeout is told at every patience.

A test's own times scale with its tolerances. The faults run side by side: nearly all of the time they wait.
"""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

LATE = (
    "get-empty-late",
    "put-full-late",
    "poll-false-late",
    "wait-late",
    "process-join-overtime",
)
EARLY = (
    "get-empty-early",
    "put-full-early",
    "poll-false-early",
    "wait-early",
    "process-join-early",
)
# The kill matrix has them at 1.
PATIENCES = (0.5, 1, 2, 4) if "PSQ_LONG_TESTS" in os.environ else (0.5, 4)
# A machine that is not fair decides nothing: then once more.
ATTEMPTS = 3


@pytest.fixture(scope="module")
def programs():
    folder = os.environ.get("PSQ_BUILD_DIR")
    if folder is None:
        pytest.skip("PSQ_BUILD_DIR names no build tree")
    return Path(folder) / "bin"


@pytest.fixture(scope="module")
def clauses(programs):
    listed = subprocess.run(
        [programs / "psq-faulty-driver", "--list-faults"],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [json.loads(line) for line in listed.stdout.splitlines()]
    return {row["name"]: row["clause"] for row in rows}


def judge(programs, clause, patience, results, *fault):
    """The status of the suite, and the clause that failed."""
    for attempt in range(ATTEMPTS):
        file = results / f"{patience}-{attempt}-{'-'.join(fault)}-{clause}.jsonl"
        argv = [programs / "psq-conformance", "--exactly", clause, "--results", file]
        argv += ["--patience", str(patience), "--", programs / "psq-faulty-driver", *fault]
        ended = subprocess.run(argv, capture_output=True, text=True, check=False)
        if ended.returncode != 2:
            break
    records = [json.loads(line) for line in file.read_text().splitlines()]
    return ended.returncode, [r["clause"] for r in records if r.get("verdict") == "fail"]


def judge_all(programs, clauses, tmp_path, patience, faults):
    def of(fault):
        return judge(programs, clauses[fault], patience, tmp_path, "--fault", fault)

    with ThreadPoolExecutor(len(faults)) as side_by_side:
        return dict(zip(faults, side_by_side.map(of, faults)))


@pytest.mark.parametrize("patience", PATIENCES)
def test_each_wrong_timeout_is_told(programs, clauses, tmp_path, patience):
    found = judge_all(programs, clauses, tmp_path, patience, [*LATE, *EARLY])
    assert found == {fault: (1, [clauses[fault]]) for fault in found}


@pytest.mark.parametrize("patience", PATIENCES)
def test_right_timeouts_pass(programs, clauses, tmp_path, patience):
    for clause in sorted({clauses[fault] for fault in LATE}):
        assert judge(programs, clause, patience, tmp_path) == (0, []), clause
