"""Whatever ends the suite, no process of a driver is left, and what was seen by then is kept.

The binary is named by PSQ_CONFORMANCE. Its driver has processes that end for nothing but a kill."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import uuid

import pytest
from suite import BROKEN, SUITE

# The driver, a process in a session of its own, and one that is stopped.
DRIVER_PROCESSES = 3


def marked(mark):
    """The processes that have inherited the mark, with their states."""
    found = {}
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (process / "environ").read_bytes():
                state = (process / "stat").read_text().rpartition(")")[2].split()[0]
                if state != "Z":
                    found[int(process.name)] = state
        except OSError:
            pass
    return found


def wait_for(ready, what):
    deadline = time.monotonic() + 60
    while not ready():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


@pytest.fixture
def run(tmp_path):
    """A run of the suite whose driver has all its processes, and never answers."""
    mark = f"PSQ_TEST_MARK={uuid.uuid4().hex}"
    name, _, value = mark.partition("=")
    command = [SUITE, "--test", "queue.put.full-at-once", "--patience", "100"]
    command += ["--results", str(tmp_path / "results.jsonl")]
    command += ["--", sys.executable, str(BROKEN), "leaves-processes"]
    environment = {**os.environ, name: value, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    process.mark = mark
    process.folder = tmp_path
    written = tmp_path / "results.jsonl"
    try:
        wait_for(
            lambda: written.exists() and written.read_text().count("\n") == 2,
            "the implementation is written",
        )
        # The suite is two processes.
        wait_for(lambda: len(marked(mark)) == DRIVER_PROCESSES + 2, "the driver starts")
        wait_for(lambda: "T" in marked(mark).values(), "one stops")
        yield process
    finally:
        process.kill()
        process.wait()
        for pid in marked(mark):
            os.kill(pid, signal.SIGKILL)


def child_of(pid):
    return int(pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def expect_nothing_left(run):
    wait_for(lambda: not marked(run.mark), f"left: {marked(run.mark)}")


@pytest.mark.parametrize(
    "number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_everything_and_keeps_the_results(run, number, status):
    run.send_signal(number)
    assert run.wait(60) == status
    expect_nothing_left(run)
    lines = (run.folder / "results.jsonl").read_text().splitlines()
    assert [json.loads(line)["record"] for line in lines] == ["plan", "implementation"]
    assert not list(run.folder.glob("psq-*")), "the temporary folder goes, too"


def test_a_kill_of_the_suite_leaves_nothing(run):
    run.kill()
    run.wait()
    expect_nothing_left(run)


def test_a_kill_of_the_process_that_judges_leaves_nothing(run):
    os.kill(child_of(run.pid), signal.SIGKILL)
    assert run.wait(60) == -signal.SIGKILL
    expect_nothing_left(run)


def test_a_signal_to_both_leaves_nothing(run):
    for pid in (child_of(run.pid), run.pid):
        os.kill(pid, signal.SIGINT)
    assert run.wait(60) == 130
    expect_nothing_left(run)
