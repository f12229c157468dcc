"""Which tests the suite runs, and what it says of wrong usage."""

import json
import sys

import pytest
from suite import BROKEN, run_suite


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
