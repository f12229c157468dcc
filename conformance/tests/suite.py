"""Runs the suite, named by PSQ_CONFORMANCE, against the driver that is broken on purpose."""

import json
import os
import pathlib
import resource
import subprocess
import sys

SUITE = os.environ.get("PSQ_CONFORMANCE", "")
BROKEN = pathlib.Path(__file__).with_name("broken_driver.py")
ONE_TEST = ["--test", "queue.put.full-at-once"]


def bound_memory():
    """Far more than a test needs, far less than a driver can send. A sanitizer maps terabytes for itself."""
    if "PSQ_SANITIZED" not in os.environ:
        resource.setrlimit(resource.RLIMIT_DATA, (512 << 20, 512 << 20))


def run_suite(*arguments, environment=None):
    return subprocess.run(
        [SUITE, *arguments],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=60,
        preexec_fn=bound_memory,
        env={**os.environ, **(environment or {})},
    )


def judge_broken(fault, *options):
    return run_suite(*ONE_TEST, *options, "--", sys.executable, str(BROKEN), fault)


def ledger_of(*entries, implementation="broken"):
    return json.dumps({"implementation": implementation, "entries": entries})


def judged_with(fault, test, entry, tmp_path):
    ledger, results = tmp_path / "ledger.json", tmp_path / "results.jsonl"
    ledger.write_text(ledger_of({"reason": "known", **entry}))
    results.unlink(missing_ok=True)
    ended = run_suite(
        *("--test", test, "--ledger", str(ledger), "--results", str(results)),
        *("--", sys.executable, str(BROKEN), fault),
    )
    records = [json.loads(line) for line in results.read_text().splitlines()]
    return ended, [each for each in records if each["record"] == "test"]


def verdict_of(tmp_path, fault, test):
    results = tmp_path / "results.jsonl"
    command = [sys.executable, str(BROKEN), fault]
    ended = run_suite("--exactly", test, "--results", str(results), "--", *command)
    records = [json.loads(line) for line in results.read_text().splitlines()]
    return ended.returncode, next(each for each in records if each["record"] == "test")
