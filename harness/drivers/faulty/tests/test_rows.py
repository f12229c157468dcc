"""The tables of faults, as the two faulty drivers list them."""

import json
import os
import subprocess
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[4]
PROGRAMS = ("psq-faulty-driver", "psq-faulty-python-driver")


@pytest.fixture(params=PROGRAMS)
def program(request):
    folder = os.environ.get("PSQ_BUILD_DIR")
    if folder is None:
        pytest.skip("PSQ_BUILD_DIR names no build tree")
    return Path(folder) / "bin" / request.param


@pytest.fixture
def rows(program):
    listed = subprocess.run([program, "--list-faults"], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in listed.stdout.splitlines()]


def test_a_row_says_what_it_breaks(rows):
    names = [row["name"] for row in rows]
    assert len(names) > 10 and len(set(names)) == len(names)
    for row in rows:
        assert row["clause"] and row["breaks"], row
        assert row["clause"] not in row["also"], row


def test_a_row_knows_where_it_stands(rows):
    for row in rows:
        lines = (SOURCE / row["file"]).read_text().splitlines()
        # black puts the name on the line behind the call's.
        assert f'"{row["name"]}"' in "".join(lines[row["line"] - 1 : row["line"] + 1]), row


def test_an_unknown_fault_is_wrong_usage(program, rows):
    ended = subprocess.run([program, "--fault", "no-such-fault"], capture_output=True, text=True)
    assert ended.returncode == 64
    assert "no-such-fault" in ended.stderr


def test_the_searches_are_of_generated_programs(rows):
    for search in (row["search"] for row in rows if row["search"] is not None):
        assert search["test"].endswith("/programs") and search["programs"] > 0
        pages = {clause.split(".")[0] for clause in search["clauses"]}
        assert pages == {search["test"].split(".")[0]}, search
