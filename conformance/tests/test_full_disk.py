"""A full disk: a message that says what to do, status 70, and what was seen by then stays.

The binary is named by PSQ_CONFORMANCE. /dev/full is a file without room."""

import json
import os
import subprocess
import sys

from suite import BROKEN, SUITE

TEST = "queue.put.full-at-once"
DRIVER = ("--", sys.executable, str(BROKEN), "none")


def run_suite(*arguments, shell="", **more):
    command = [SUITE, *arguments]
    if shell:
        command = ["sh", "-c", f'{shell}; exec "$0" "$@"', *command]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, **more)


def test_results_without_room():
    ended = run_suite("--test", TEST, "--results", "/dev/full", *DRIVER)
    assert ended.returncode == 70
    assert "cannot write /dev/full: No space left on device; make room" in ended.stderr
    assert "internal error" not in ended.stderr


def test_results_keep_their_whole_lines(tmp_path):
    results = tmp_path / "results.jsonl"
    # Blocks of 512 bytes: room for the plan and the driver's hello, and for no more.
    limit = "trap '' XFSZ; ulimit -f 3"
    ended = run_suite("--test", TEST, "--results", str(results), *DRIVER, shell=limit)
    assert ended.returncode == 70
    assert f"cannot write {results}: File too large" in ended.stderr
    text = results.read_text()
    assert text.endswith("\n")
    assert [json.loads(line)["record"] for line in text.splitlines()][0] == "plan"
    assert "test" not in [json.loads(line)["record"] for line in text.splitlines()]


def judged(tmp_path, *options):
    results = tmp_path / "results.jsonl"
    ended = run_suite("--test", TEST, "--results", str(results), *options, *DRIVER)
    records = [json.loads(line) for line in results.read_text().splitlines()]
    return ended, next(each for each in records if each["record"] == "test"), records[-1]


def test_a_verdict_stands_without_room_for_its_evidence(tmp_path):
    folder = tmp_path / "evidence" / TEST
    folder.mkdir(parents=True)
    (folder / "steps.txt").symlink_to("/dev/full")
    ended, record, end = judged(tmp_path, "--evidence", str(tmp_path / "evidence"))
    assert (ended.returncode, record["verdict"], end["status"]) == (70, "fail", 70)
    assert "steps.txt: No space left on device" in record["problem"]
    assert record["problem"] in ended.stderr
    assert (folder / "hello.json").read_text()


def test_a_verdict_stands_without_a_place_for_its_evidence(tmp_path):
    (tmp_path / "evidence").write_text("a file")
    ended, record, _ = judged(tmp_path, "--evidence", str(tmp_path / "evidence"))
    assert (ended.returncode, record["verdict"]) == (70, "fail")
    assert "Not a directory; make room or permission" in record["problem"]


def test_a_verdict_stands_without_room_for_its_history(tmp_path):
    ended, record, _ = judged(tmp_path, "--history", "/dev/full")
    assert (ended.returncode, record["verdict"]) == (70, "fail")
    assert "cannot write /dev/full" in record["problem"]


def test_a_list_without_room():
    for option in ("--list", "--clauses"):
        with open("/dev/full", "w", encoding="utf-8") as full:
            ended = subprocess.run([SUITE, option], stdout=full, stderr=subprocess.PIPE, text=True)
        assert ended.returncode == 70
        assert "cannot write to standard output" in ended.stderr


def test_a_temporary_folder_that_cannot_be_made():
    environment = {**os.environ, "TMPDIR": "/proc"}
    ended = run_suite("--test", TEST, *DRIVER, env=environment)
    assert ended.returncode == 70
    assert "set TMPDIR" in ended.stdout + ended.stderr
