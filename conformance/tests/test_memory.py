"""A process that the kernel ends for want of memory convicts no implementation: the suite, named by PSQ_CONFORMANCE."""

import json
import os
import pathlib
import subprocess
import sys

import pytest
from suite import BROKEN, SUITE

LIMIT = str(64 << 20)
# Of the second and the first version of control groups.
GROUPS = {
    pathlib.Path("/sys/fs/cgroup"): ("memory.max", "memory.swap.max", "0"),
    pathlib.Path("/sys/fs/cgroup/memory"): (
        "memory.limit_in_bytes",
        "memory.memsw.limit_in_bytes",
        LIMIT,
    ),
}


@pytest.fixture
def little_memory():
    """A control group whose processes have little memory."""
    for root, (bound, swap, swap_bound) in GROUPS.items():
        group = root / f"psq-test-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        if not (group / bound).exists():
            group.rmdir()
            continue
        (group / bound).write_text(LIMIT)
        if (group / swap).exists():
            (group / swap).write_text(swap_bound)
        yield group
        group.rmdir()
        return
    pytest.skip("no control group for memory can be made here")


def confined(group):
    """The broken driver that takes memory, in that group."""
    enter = f'echo $$ >{group}/cgroup.procs && exec "$@"'
    return ["/bin/sh", "-c", enter, "sh", sys.executable, BROKEN, "takes-memory"]


def soaked(command):
    return subprocess.run(
        [SUITE, "--soak", "--programs", "3", "--", *command],
        capture_output=True,
        text=True,
        timeout=120,
    )


def judged(folder, command):
    results = folder / "results.jsonl"
    subprocess.run(
        [SUITE, "--test", "queue.put.full-at-once", "--results", results, "--", *command],
        capture_output=True,
        timeout=120,
    )
    return [r for r in map(json.loads, results.read_text().splitlines()) if r["record"] == "test"]


def test_killed_for_want_of_memory(tmp_path, little_memory):
    tests = judged(tmp_path, confined(little_memory))
    assert {test["verdict"] for test in tests} == {"inconclusive"}
    assert all("the system ran out of memory" in test["message"] for test in tests)


def test_killed_by_itself(tmp_path):
    tests = judged(tmp_path, [sys.executable, BROKEN, "killed"])
    assert {test["verdict"] for test in tests} == {"fail"}


def test_soak_killed_for_want_of_memory(little_memory):
    ended = soaked(confined(little_memory))
    assert ended.returncode == 2, ended
    assert "the system ran out of memory" in ended.stdout


def test_soak_killed_by_itself():
    ended = soaked([sys.executable, BROKEN, "killed"])
    assert ended.returncode == 1, ended
    assert "ran out of memory" not in ended.stdout
