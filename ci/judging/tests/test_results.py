"""ci/results in short: what it judges, keeps and does not judge again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parents[1] / "results.py"


@pytest.fixture
def results(tmp_path):
    """Runs ci/results with a part of the law, in folders of its own."""
    build = os.environ.get("PSQ_BUILD_DIR")
    if not build:
        pytest.skip("PSQ_BUILD_DIR names no build tree")

    def run(*arguments):
        command = [sys.executable, "-B", PROGRAM, "--build", build, "--state", tmp_path / "state"]
        command += ["--to", tmp_path / "pages", "--confirm", "1", *arguments]
        return subprocess.run(command, capture_output=True, text=True)

    return run


def test_two_implementations_become_pages(results, tmp_path):
    tests = ("--test", "queue.put.nan-refused", "--test", "queue.put.full-at-once")
    both = ("--only", "reference", "--only", "cpython", "--only", "cpython@/no/such/python")
    ended = results(*both, *tests)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "cpython@/no/such/python: not here" in ended.stdout
    index = (tmp_path / "pages/README.md").read_text()
    assert "| `queue.put.nan-refused` | MUST | ✓ | ✗ |" in index
    assert "`queue.put.full-at-once`" not in index  # both keep it
    assert "docs/results/reports/nats-ack-lost-with-server.md)" in index
    page = (tmp_path / "pages/cpython.md").read_text()
    assert "failed in 1 of 1 repeats" in page
    assert "- cause: put passes the timeout to the semaphore unchecked" in page
    again = results(*both, *tests)
    assert again.returncode == 0 and again.stdout.count("judged already") == 2


def test_nothing_judged_makes_no_pages(results, tmp_path):
    ended = results("--pages")
    assert ended.returncode == 64 and "nothing is judged" in ended.stderr
    assert not (tmp_path / "pages").exists()
    assert results("--only").returncode == 64
