"""The suite, named by PSQ_CONFORMANCE, against drivers that are broken: status 3 and a message of what is wrong."""

import json
import os
import pathlib
import resource
import subprocess
import sys

import pytest

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


def test_no_ledger_covers_a_defect_of_the_driver(tmp_path):
    entry = {"clause": "queue.put.full-at-once", "blocks": "queue"}
    ended, (record,) = judged_with("defect", "queue.put.full-at-once", entry, tmp_path)
    assert (ended.returncode, record["verdict"]) == (3, "driver-error")


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


@pytest.mark.parametrize(
    "blocks, status",
    [("queue.create raised Oops", 0), ("queue.create raised", 0), ("queue.create crashed", 1)],
)
def test_a_ledger_names_the_defect_whose_blocked_tests_it_knows(tmp_path, blocks, status):
    entry = {"clause": "queue.create.unbounded", "blocks": blocks}
    ended, (record,) = judged_with("create-raises", "queue.put.full-at-once", entry, tmp_path)
    assert ended.returncode == status, ended.stdout
    assert record["verdict"] == ("expected-fail" if status == 0 else "blocked")


def test_call_that_never_ends_is_a_failure():
    ended = judge_broken("never-answers", "--patience", "0.05")
    assert ended.returncode == 1, ended.stdout
    assert "its thread sleeps" in ended.stdout


def test_call_that_runs_for_ever_is_no_pass():
    ended = judge_broken("runs-for-ever", "--patience", "0.05")
    # Undecided only where others took the processor from it.
    assert ended.returncode in (1, 2), ended.stdout
    assert "runs on and on" in ended.stdout or "too slow" in ended.stdout


def verdict_of(tmp_path, fault, test):
    results = tmp_path / "results.jsonl"
    command = [sys.executable, str(BROKEN), fault]
    ended = run_suite("--exactly", test, "--results", str(results), "--", *command)
    records = [json.loads(line) for line in results.read_text().splitlines()]
    return ended.returncode, next(each for each in records if each["record"] == "test")


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


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["--test", "nothing.like.it", "--", "x"], "no clause or test matches 'nothing.like.it'"),
        (
            ["--test", "queue.put.full-at-once", "--test", "typo.*", "--", "x"],
            "no clause or test matches 'typo.*'",
        ),
        (["--profile", "imaginary", "--", "x"], "imaginary"),
        (
            ["--profile", "lifecycle", "--test", "queue.put.full-at-once", "--", "x"],
            "nothing is selected",
        ),
        (["--exactly", "queue.put", "--", "x"], "no test is named 'queue.put'"),
        (["--exactly", "queue.put.*", "--", "x"], "no test is named 'queue.put.*'"),
        (
            ["--exactly", "queue.put.full-at-once", "--test", "pipe.*", "--", "x"],
            "nothing is selected",
        ),
        (["--no-such-flag", "--", "x"], "no-such-flag"),
        (["--patience", "-1", "--", "x"], "patience"),
        (["--soak", "--shard", "3/2", "--", "x"], "3/2 is no share such as 2/8"),
        (["--soak", "--shard", "1/x", "--", "x"], "1/x is no share such as 2/8"),
        (["--soak", "--shard", "2", "--", "x"], "2 is no share such as 2/8"),
        (["--shard", "1/2", "--", "x"], "go with --soak"),
        (["--ledger", "/no/such/file", "--", "x"], "/no/such/file"),
        ([], "no driver"),
    ],
)
def test_wrong_usage(arguments, says):
    ended = run_suite(*arguments)
    assert ended.returncode == 64, ended.stdout + ended.stderr
    assert says in ended.stderr


def test_environment_cannot_empty_the_run():
    ended = run_suite(
        "--test",
        "queue.put.*",
        "--",
        sys.executable,
        str(BROKEN),
        "exits-at-once",
        environment={"GTEST_FILTER": "-*", "GTEST_TOTAL_SHARDS": "100", "GTEST_SHARD_INDEX": "7"},
    )
    assert ended.returncode not in (0, 1, 2)


# In a filter of GoogleTest's a hyphen begins what is left out; names of tests have hyphens.
@pytest.mark.parametrize("option", ["--test", "--exactly"])
@pytest.mark.parametrize(
    "gtest_filter", [None, "queue.put.full-at-once", "*-queue.put.full-at-once"]
)
def test_a_hyphen_excludes_nothing(tmp_path, option, gtest_filter):
    results = tmp_path / "results.jsonl"
    ended = run_suite(
        option,
        "queue.put.full-at-once",
        "--results",
        str(results),
        "--",
        sys.executable,
        str(BROKEN),
        "exits-at-once",
        environment=gtest_filter and {"GTEST_FILTER": gtest_filter},
    )
    assert ended.returncode == 3, ended.stdout + ended.stderr
    records = [json.loads(line) for line in results.read_text().splitlines()]
    assert [each["test"] for each in records if each["record"] == "test"] == [
        "queue.put.full-at-once"
    ]
    assert records[-1]["planned"] == records[-1]["ran"] == 1


def test_exactly_leaves_out_what_else_decides_the_clause():
    listed = [
        json.loads(line)["test"]
        for line in run_suite("--list", "--test", "queue.many-to-many").stdout.splitlines()
    ]
    assert "queue.many-to-many" in listed and "queue.many-to-many/programs" in listed
    alone = run_suite("--list", "--exactly", "queue.many-to-many").stdout.splitlines()
    assert [json.loads(line)["test"] for line in alone] == ["queue.many-to-many"]


def test_thorough_tests_are_listed_when_asked_for_or_named():
    name = "queue.get.waits-for-item/longer-than-defaults"

    def listed(*filters):
        lines = run_suite("--list", *filters).stdout.splitlines()
        return {json.loads(line)["test"]: json.loads(line)["thorough"] for line in lines}

    assert name not in listed() and not any(listed().values())
    assert listed("--thorough")[name]
    assert name not in listed("--test", "queue.get.waits-for-item*")
    assert list(listed("--test", name)) == list(listed("--exactly", name)) == [name]
    refused = run_suite("--list", "--test", "queue.get.waits-for-item/*")
    assert refused.returncode == 64 and "--thorough" in refused.stderr


def test_the_plan_names_the_thorough_tests_that_are_left_out(tmp_path):
    results = tmp_path / "results.jsonl"
    run_suite(
        "--test",
        "queue.get.waits-for-item*",
        "--results",
        str(results),
        "--",
        sys.executable,
        str(BROKEN),
        "exits-at-once",
    )
    plan = json.loads(results.read_text().splitlines()[0])
    assert plan["thorough"] == {
        "planned": [],
        "left_out": ["queue.get.waits-for-item/longer-than-defaults"],
    }


@pytest.mark.parametrize(
    "content, says",
    [
        ("not json", "ledger"),
        ('{"entries":[]}', "implementation"),
        (ledger_of({"clause": "queue.no.such-clause", "reason": "x"}), "queue.no.such-clause"),
        (ledger_of({"clause": "queue.put.full-at-once"}), "reason"),
        (
            ledger_of(
                {"clause": "queue.put.full-at-once", "reason": "x", "now_and_then": "1 in 9"}
            ),
            "needs a reproduction",
        ),
        ('{"implementation":"x","entries":[],"entires":[]}', "'entires' (did you mean entries?)"),
        (
            ledger_of(
                {"clause": "queue.put.full-at-once", "reason": "x", "start_method": ["fork"]}
            ),
            "the unknown key 'start_method' (did you mean start_methods?)",
        ),
    ],
)
def test_broken_ledger(tmp_path, content, says):
    ledger = tmp_path / "ledger.json"
    ledger.write_text(content)
    ended = run_suite(*ONE_TEST, "--ledger", str(ledger), "--", "x")
    assert ended.returncode == 64
    assert says in ended.stderr


@pytest.mark.parametrize("alone", [[], ["--test", "queue.put.blocks-when-full"], ["--measure"]])
def test_a_ledger_of_another_implementation_is_refused(tmp_path, alone):
    ledger, results = tmp_path / "ledger.json", tmp_path / "results.jsonl"
    entry = {"clause": "queue.put.full-at-once", "reason": "known"}
    ledger.write_text(ledger_of(entry, implementation="cpython"))
    ended = judge_broken("none", *alone, "--ledger", str(ledger), "--results", str(results))
    assert ended.returncode == 64, ended.stdout
    assert f"ledger {ledger} is for the implementation cpython" in ended.stderr
    assert "this driver judges broken" in ended.stderr
    written = results.read_text() if results.exists() else ""
    assert '"record":"test"' not in written


def test_ledger_expects_a_failure_and_then_refuses_it_as_stale(tmp_path):
    ledger = tmp_path / "ledger.json"
    ledger.write_text(ledger_of({"clause": "queue.put.full-at-once", "reason": "known"}))
    # This driver answers ok to everything, so a put on a full queue does too.
    assert judge_broken("none").returncode == 1
    assert judge_broken("none", "--ledger", str(ledger)).returncode == 0
    ledger.write_text(
        ledger_of({"clause": "queue.put.returns-without-consumer", "reason": "stale"})
    )
    ended = run_suite(
        "--test",
        "queue.put.returns-without-consumer",
        "--ledger",
        str(ledger),
        "--",
        sys.executable,
        str(BROKEN),
        "none",
    )
    assert ended.returncode == 1
    assert f"take out the entry at {ledger}:" in ended.stdout


@pytest.mark.parametrize("clause", ["queue.put.full-at-once", "queue.put.returns-without-consumer"])
def test_a_clause_that_fails_now_and_then_may_fail_and_pass(tmp_path, clause):
    ledger = tmp_path / "ledger.json"
    entry = {"clause": clause, "reason": "a race", "reproduction": "r", "now_and_then": "1 of 9"}
    ledger.write_text(ledger_of(entry))
    driver = (sys.executable, str(BROKEN), "none")
    ended = run_suite("--test", clause, "--ledger", str(ledger), "--", *driver)
    assert ended.returncode == 0, ended.stdout


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
