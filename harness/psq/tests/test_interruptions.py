"""After an interruption of the command no process is left, and what was seen by then is kept and told."""

import os
import signal
import subprocess
import time
import uuid
from pathlib import Path

import pytest

from psq.results.result_file import load

COMMANDS = {
    "check": ["check", "cpython", "--test", "failure.stop.*", "--test", "queue.*"],
    "compare": ["compare", "reference", "cpython", "--test", "queue.*"],
    "soak": ["soak", "cpython", "--budget", "10m"],
    "kill-matrix": ["kill-matrix", "--fault", "get-*"],
    "histories": ["kill-matrix", "--histories"],
    "driver-check": ["driver-check", "cpython"],
}


def marked(mark):
    """The living processes that have inherited the mark."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
            if state != "Z" and mark.encode() in (process / "environ").read_bytes():
                found.append(int(process.name))
        except OSError:
            pass
    return found


def wait_for(ready, what):
    deadline = time.monotonic() + 100
    while not ready():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def is_driver(pid):
    try:
        return b"-driver" in Path(f"/proc/{pid}/cmdline").read_bytes() or (
            b"_driver.py" in Path(f"/proc/{pid}/cmdline").read_bytes()
        )
    except OSError:
        return False


def interrupted(built, tmp_path, argv, number):
    """Starts a command, interrupts it when a driver runs; gives its status and output."""
    mark = uuid.uuid4().hex
    environment = {**os.environ, "PSQ_TEST_MARK": mark, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [built.build / "psq", *argv],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        # The command lines of the suite's two processes name the driver, too.
        enough = 1 if argv[0] == "driver-check" else 3
        wait_for(lambda: sum(map(is_driver, marked(mark))) >= enough, "a driver starts")
        process.send_signal(number)
        out, _ = process.communicate(timeout=100)
        wait_for(lambda: not marked(mark), f"{marked(mark)} are left")
        return process.returncode, out
    finally:
        process.kill()
        for pid in marked(mark):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("name", list(COMMANDS))
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_no_process_is_left(built, tmp_path, name, number):
    argv = [*COMMANDS[name]]
    if name in ("check", "soak"):
        argv += ["--results", str(tmp_path / "results.jsonl")]
    status, out = interrupted(built, tmp_path, argv, number)
    assert status == 130, out
    if name == "check":
        run = load(tmp_path / "results.jsonl")
        assert run.interrupted and run.status() == run.end["status"] == 130
        assert f"interrupted: no verdict: {len(run.tests)} of {len(run.planned)} tests ran" in out
    if name == "soak":
        assert "interrupted: no verdict" in out and "programs" in out
    if name == "kill-matrix":
        assert "faults found at their clause" in out and "SURVIVES" not in out


def test_a_kill_of_the_command_leaves_nothing(built, tmp_path):
    argv = [*COMMANDS["check"], "--results", str(tmp_path / "results.jsonl")]
    status, _ = interrupted(built, tmp_path, argv, signal.SIGKILL)
    assert status == -signal.SIGKILL
