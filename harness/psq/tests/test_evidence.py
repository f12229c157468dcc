"""What is kept of a failure, and that its replay line shows it again."""

import json
import re
import subprocess

from psq.driver_check.transcript import read_transcript
from psq.results.result_file import load

TEST = "queue.put.full-after-timeout"


def test_a_failure_can_be_looked_at_and_seen_again(built, tmp_path):
    psq, results = built.build / "psq", tmp_path / "results.jsonl"
    command = [psq, "check", "faulty:put-full-early", "--test", TEST, "--seed", "7"]
    command += ["--confirm", "2", "--results", results]
    ended = subprocess.run(command, cwd=built.build, capture_output=True, text=True)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    record = load(results).tests[TEST]
    assert record["confirmed"] == {"fail": 2} and record["seed"] == 7

    line = re.search(r"^ *replay +(.*)$", record["card"], re.M)[1]
    assert line == f"./psq check faulty:put-full-early --test '{TEST}' --seed 7"
    again = subprocess.run(line, shell=True, cwd=built.build, capture_output=True, text=True)
    assert again.returncode == 1 and f"FAIL  {TEST}" in again.stdout

    folder = built.build / record["evidence"]
    names = {each.name for each in folder.iterdir()}
    assert {"hello.json", "driver.log", "steps.txt", "wire.jsonl", "history.jsonl"} <= names
    (talk,) = read_transcript(folder / "wire.jsonl")
    assert talk.name == TEST and {step.what for step in talk.steps} == {"to", "from"}
    replay = [psq, "driver-replay", folder / "wire.jsonl", "--"]
    same = [*replay, built.program("psq-faulty-driver"), "--fault", "put-full-early"]
    assert subprocess.run(same, capture_output=True).returncode == 0


def test_a_history_has_errors_as_the_implementation_says_them(built, tmp_path):
    results = tmp_path / "results.jsonl"
    command = [built.build / "psq", "check", "faulty:poll-raises", "--results", results]
    command += ["--test", "pipe.timed-calls.answer-by-value"]
    assert subprocess.run(command, cwd=built.build, capture_output=True).returncode == 1
    failed = [each for each in load(results).tests.values() if each["verdict"] == "fail"]
    history = built.build / failed[0]["evidence"] / "history.jsonl"
    operations = map(json.loads, history.read_text().splitlines()[1:])
    errors = [each["error"] for each in operations if "error" in each]
    assert errors and all("timed out" in error for error in errors)
