"""The suite against drivers that are broken: status 3 and a message of what is wrong."""

import json
import pathlib
import sys

import pytest
from suite import BROKEN, ONE_TEST, judge_broken, judged_with, run_suite, verdict_of


@pytest.mark.parametrize(
    "fault, says",
    [
        ("exits-at-once", "ended with exit status 0 before"),
        ("long-log", "ended with exit status 0 before"),
        ("long-log", "the first line\n"),
        ("long-log", "bytes are left out]\n"),
        ("long-log", "the last line\n"),
        ("garbage-hello", "not a message of spec/driver-protocol.md"),
        ("answer-before-hello", "the first message of a connection must be a hello"),
        ("hello-twice", "hello"),
        ("other-version", "protocol version 1"),
        ("false-pid", "the kernel says"),
        ("false-role", "which was not spawned"),
        ("no-capabilities", "capabilities"),
        ("misspelt-profile", "the profile 'lifecyle' (did you mean lifecycle?)"),
        ("misspelt-operation", "the operation on queue 'qsise' (did you mean qsize?)"),
        ("misspelt-option", "'item.fail_serialise' (did you mean item.fail_serialize?)"),
        ("wrong-id", "a request that it was not asked"),
        ("unknown-outcome", "'splendid' is no outcome"),
        ("times-in-the-past", "the times of its answer cannot be"),
        ("times-in-the-future", "the times of its answer cannot be"),
        ("declared-and-unsupported", "answered unsupported"),
        ("bad-request", "it answered bad_request"),
        ("garbage-answer", "yes, of course"),
        ("answers-twice", "answered"),
        ("defect", "reports a defect of the driver, not of the implementation: AttributeError"),
        ("defect", "Traceback: the driver's own error"),
        ("defect-before-hello", "reports a defect of the driver"),
        ("undeclared-bound", "does not declare queues with a bound"),
        ("endless-line", "longer than 1 MiB"),
        ("deep-list", "nested more than 100 deep"),
        ("deep-object", "nested more than 100 deep"),
        ("huge-number", "expected a whole number"),
        ("number-beyond-64-bits", "expected a whole number"),
        ("nul-bytes", "not a message of spec/driver-protocol.md"),
        ("no-utf-8", "not a message of spec/driver-protocol.md"),
        ("list-for-a-message", "must be a JSON object"),
        ("number-for-a-text", "not a message of spec/driver-protocol.md"),
        ("flood-of-newlines", "not a message of spec/driver-protocol.md"),
        ("flood-of-hellos", "said hello twice"),
        ("flood-of-began", "began more often than it was asked"),
        ("flood-of-events", "more events than the list has calls"),
        ("many-connections", "connections are open that said no hello"),
    ],
)
def test_broken_driver_is_named(fault, says):
    ended = judge_broken(fault)
    assert ended.returncode == 3, ended.stdout
    assert says in ended.stdout
    assert "DRIVER-ERROR" in ended.stdout


@pytest.mark.parametrize("fault", ["hangs-before-connecting", "hangs-at-hello"])
def test_hanging_driver_is_given_up(fault):
    ended = judge_broken(fault, "--patience", "0.05")
    assert ended.returncode == 3, ended.stdout
    assert "within 1 s" in ended.stdout


@pytest.mark.parametrize(
    "fault, says",
    [
        ("crashes", "crashed (ended by signal SEGV)"),
        # A process may end with any status; that the driver is to blame is for the driver to say.
        ("ends-as-70", "crashed (ended with exit status 70)"),
    ],
)
def test_driver_that_leaves_in_a_call_is_no_driver_error(fault, says):
    ended = judge_broken(fault)
    assert ended.returncode == 1, ended.stdout
    assert says in ended.stdout


@pytest.mark.parametrize("several", [[], ["--test", "queue.put.blocks-when-full"]])
def test_a_needed_call_that_raises_blocks_the_test(several):
    ended = judge_broken("create-raises", *several)  # before several, the driver is measured
    assert ended.returncode == 1, ended.stdout
    assert "BLOCKED  queue.put.full-at-once" in ended.stdout
    assert "blocked: queue.create raised Oops" in ended.stdout


def test_a_call_of_the_tests_own_section_does_not_block_it():
    ended = judge_broken("put-raises")
    assert ended.returncode == 1, ended.stdout
    assert "FAIL  queue.put.full-at-once" in ended.stdout


def test_a_blocked_test_says_what_blocks_it(tmp_path):
    entry = {"clause": "queue.create.unbounded"}
    ended, (record,) = judged_with("create-raises", "queue.put.full-at-once", entry, tmp_path)
    assert record["verdict"] == "blocked" and record["clause"] == ""
    assert record["cause"] == "queue.create raised Oops"
    assert "queue.create" in record["sections"]
    assert ended.returncode == 1  # an entry of the section alone may know another defect of it


def test_call_that_never_ends_is_a_failure():
    ended = judge_broken("never-answers", "--patience", "0.05")
    assert ended.returncode == 1, ended.stdout
    assert "its thread sleeps" in ended.stdout


def test_call_that_runs_for_ever_is_no_pass():
    ended = judge_broken("runs-for-ever", "--patience", "0.05")
    # Undecided only where others took the processor from it.
    assert ended.returncode in (1, 2), ended.stdout
    assert "runs on and on" in ended.stdout or "too slow" in ended.stdout


def test_what_the_law_only_observes_is_no_failure(tmp_path):
    clause = "queue.put.unserializable-outcome"  # OBSERVED; the put ends as full
    status, result = verdict_of(tmp_path, "refuses-puts", clause)
    assert (status, result["verdict"]) == (0, "pass")
    assert "none of those named: expected not_serializable or ok" in result["observed"][clause]


def test_what_the_law_demands_is_a_failure(tmp_path):
    status, result = verdict_of(tmp_path, "refuses-puts", "queue.put.returns-without-consumer")
    assert (status, result["verdict"]) == (1, "fail")


def test_what_a_driver_has_and_does_not_declare_makes_it_broken():
    # Asked for what its hello does not declare, it does it: no test is left out for that.
    ended = run_suite("--test", "simple-queue.empty.*", "--", sys.executable, str(BROKEN), "none")
    assert ended.returncode == 3, ended.stdout
    assert "its hello does not declare any operation of simple_queue" in ended.stdout


@pytest.mark.parametrize(
    "fault, test, reason",
    [
        ("empty-list", "queue.put.full-at-once", "does not declare any operation of queue"),
        ("small-items", "queue.put.returns-without-consumer", "largest item has 200 bytes, and"),
    ],
)
def test_what_a_driver_lacks_is_said(tmp_path, fault, test, reason):
    status, result = verdict_of(tmp_path, fault, test)
    assert (status, result["verdict"]) == (2, "unsupported")
    assert reason in result["message"]


def test_driver_that_declares_nothing_is_not_green():
    ended = judge_broken("declares-nothing")
    assert ended.returncode == 2, ended.stdout
    assert judge_broken("declares-nothing", "--unsupported-status", "77").returncode == 77


def test_no_driver_at_that_path():
    ended = run_suite(*ONE_TEST, "--", "./there-is-no-driver")
    assert ended.returncode == 3
    assert "cannot start ./there-is-no-driver: No such file" in ended.stdout


def test_driver_without_hello_is_asked_once():
    ended = run_suite("--test", "queue.put.*", "--", sys.executable, str(BROKEN), "exits-at-once")
    assert ended.returncode == 3
    assert ended.stdout.count("not run: the driver failed") > 3


def test_results_are_written_as_the_run_goes(tmp_path):
    results = tmp_path / "results.jsonl"
    judge_broken("none", "--results", str(results), "--evidence", str(tmp_path / "evidence"))
    records = [json.loads(line) for line in results.read_text().splitlines()]
    assert [record["record"] for record in records] == ["plan", "implementation", "test", "end"]
    plan, implementation, test, end = records
    assert plan["planned"] == end["planned"] == end["ran"] == 1
    assert implementation["implementation"] == "broken"
    assert test["verdict"] == "fail" and test["clause"] == "queue.put.full-at-once"
    assert "expected" in test["card"] and "replay" in test["card"]
    assert pathlib.Path(test["evidence"], "hello.json").exists()
    assert end["status"] == 1
