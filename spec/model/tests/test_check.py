"""Tests of check.py, with models of a few lines."""

import os
import subprocess
import sys
from pathlib import Path

CHECK = Path(__file__).resolve().parents[1] / "check.py"

COUNTS = """
byte count;
byte other;
active [2] proctype Counter() { do :: count < 60 -> count++ :: other < 60 -> other++ od }
active proctype Reader() { (count == 50 && other == 50) -> assert(%s) }
"""


def check(folder, text, *arguments, **environment):
    model = folder / "counts.pml"
    model.write_text(text, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-B", str(CHECK), str(model), *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )


def test_holds(tmp_path):
    answer = check(tmp_path, COUNTS % "true")
    assert answer.returncode == 0, answer.stderr
    assert "counts: holds in all" in answer.stdout


def test_violation_is_shown_with_its_steps(tmp_path):
    answer = check(tmp_path, COUNTS % "false")
    assert answer.returncode == 1
    assert "count = (count+1)" in answer.stderr
    assert answer.stderr.rstrip().endswith("counts: assertion violated 0")


def test_fault_that_violates_nothing_fails(tmp_path):
    answer = check(
        tmp_path, "#define harmless 1\n" + COUNTS % "FAULT == harmless", "--fault", "harmless"
    )
    assert answer.returncode == 1
    assert "harmless violates nothing" in answer.stderr


def test_search_cut_by_depth_fails(tmp_path):
    answer = check(tmp_path, COUNTS % "true", "--depth", "50")
    assert answer.returncode == 1
    assert "the search was cut" in answer.stderr


def test_search_cut_by_memory_fails(tmp_path):
    text = "byte large[4000];\n" + COUNTS % "large[count] == 0"
    answer = check(tmp_path, text, "--memory", "140")
    assert answer.returncode == 1
    assert "the search was cut" in answer.stderr


def test_wrong_model_fails(tmp_path):
    answer = check(tmp_path, "active proctype Wrong() { nothing++ }")
    assert answer.returncode == 1
    assert "undeclared variable" in answer.stderr


def test_missing_spin_is_named(tmp_path):
    answer = check(tmp_path, COUNTS % "true", PATH=str(tmp_path))
    assert answer.returncode == 70
    assert "spin is not there; ci/setup installs it" in answer.stderr
