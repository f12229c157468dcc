"""The gate lets nothing through: no clause untested, no test without a clause, no stale excuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import SmallLaw
from gate import main

PUT = {
    "test": "queue.put.full",
    "clauses": ["queue.put.full"],
    "level": "MUST",
    "profile": "base",
    "file": "conformance/clauses/queue/put.cc",
}
GET = {
    "test": "queue.get.delay",
    "clauses": ["queue.get.delay"],
    "file": "conformance/clauses/queue/get.cc",
}
BOTH = PUT | {"test": "queue.put.full/both", "clauses": ["queue.put.full", "queue.get.delay"]}
FAULT = {"name": "put-never-full", "clause": "queue.put.full"}


def run(law: SmallLaw, tests: list[Any], faults: list[Any] | None = None, *flags: str) -> int:
    arguments = ["--spec", str(law.folder), "--tests", str(write(law, "tests", tests)), *flags]
    if faults is not None:
        arguments += ["--faults", str(write(law, "faults", faults))]
    return main(arguments)


def write(law: SmallLaw, name: str, rows: list[Any]) -> Path:
    path = law.folder.parent / f"{name}.jsonl"
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def test_a_law_that_is_tested_passes(small_law: SmallLaw, capsys) -> None:
    assert run(small_law, [PUT, GET]) == 0
    assert capsys.readouterr().out == "2 clauses, 2 tests, 0 excused\n"


def test_a_must_with_thorough_tests_alone_is_shown(small_law: SmallLaw, capsys) -> None:
    assert run(small_law, [PUT | {"thorough": True}, GET | {"thorough": True}]) == 0
    said = capsys.readouterr().out
    assert said.endswith("MUST clauses with thorough tests alone: queue.put.full\n")
    assert run(small_law, [PUT | {"thorough": True}, BOTH]) == 0
    assert "thorough" not in capsys.readouterr().out


def test_one_test_may_decide_several_clauses(small_law: SmallLaw) -> None:
    assert run(small_law, [BOTH]) == 0


@pytest.mark.parametrize(
    "tests, complaint",
    [
        ([PUT], "queue.md:20: error: queue.get.delay has no test; write one, or enter it"),
        (
            [PUT, GET, PUT | {"test": "Other", "clauses": ["queue.put.fool"]}],
            "tests.jsonl:3: error: the test Other names queue.put.fool, which is no clause",
        ),
        (
            [PUT, GET, {"test": "Other", "clauses": []}],
            "tests.jsonl:3: error: the test Other names no clause",
        ),
        ([PUT, GET, PUT], "tests.jsonl:3: error: the test queue.put.full stands already in line 1"),
        ([PUT, GET, "{"], "tests.jsonl:3: error: cannot be read"),
        ([PUT, GET, "7"], "tests.jsonl:3: error: cannot be read"),
        ([PUT, GET, {"clauses": ["queue.put.full"]}], "tests.jsonl:3: error: cannot be read"),
        ([PUT, GET, {"test": "Other"}], "tests.jsonl:3: error: cannot be read"),
        (
            [PUT, GET, {"test": "Other", "clauses": "queue.put.full"}],
            "tests.jsonl:3: error: cannot be read",
        ),
        ([], "tests.jsonl:0: error: lists no test"),
        (
            [PUT | {"file": "conformance/clauses/queue/get.cc"}, GET],
            "tests.jsonl:1: error: the test queue.put.full stands in conformance/clauses/queue/get.cc; "
            "move it to conformance/clauses/queue/put.cc",
        ),
        (
            [PUT | {"file": "/src/conformance/clauses/queue/put.cc"}, GET],
            "tests.jsonl:1: error: the test queue.put.full stands in /src/",
        ),
        (
            [PUT | {"file": ""}, GET],
            "tests.jsonl:1: error: the test queue.put.full stands in a file that is not named",
        ),
        (
            [PUT | {"test": "queue.put.fill"}, GET],
            "tests.jsonl:1: error: the test queue.put.fill is not named after its first clause; name it "
            "queue.put.full, or queue.put.full/variant",
        ),
        ([PUT | {"test": "queue.put.full/"}, GET], "is not named after its first clause"),
        (
            [PUT, GET, BOTH | {"clauses": ["queue.get.delay", "queue.put.full"]}],
            "tests.jsonl:3: error: the test queue.put.full/both is not named after its first clause",
        ),
    ],
)
def test_tests_that_do_not_fit_the_law_are_caught(
    small_law: SmallLaw, capsys, tests: list[Any], complaint: str
) -> None:
    assert run(small_law, tests) == 1
    assert complaint in capsys.readouterr().err


def test_an_entry_in_limits_excuses(small_law: SmallLaw) -> None:
    excuse(small_law, "queue.get.delay")
    assert run(small_law, [PUT]) == 0


def test_an_entry_in_limits_whose_clause_is_tested_is_caught(small_law: SmallLaw, capsys) -> None:
    excuse(small_law, "queue.get.delay")
    assert run(small_law, [PUT, GET]) == 1
    error = capsys.readouterr().err
    assert (
        "limits.md:11: error: queue.get.delay is tested by queue.get.delay; drop the row" in error
    )


def excuse(law: SmallLaw, clause: str) -> None:
    law.write("limits", law.text("limits") + f"| `{clause}` | cannot be seen |\n")


def test_a_wrong_page_is_caught(small_law: SmallLaw, capsys) -> None:
    small_law.replace("queue", "full (MUST", "full (OUGHT")
    assert run(small_law, [PUT, GET]) == 1
    assert "unknown level" in capsys.readouterr().err


def test_a_must_without_a_fault_is_counted(small_law: SmallLaw, capsys) -> None:
    fault = {"name": "get-early", "clause": "queue.get.delay"}
    assert run(small_law, [PUT, GET], [fault]) == 0
    assert "1 faults, 1 MUST clauses without a fault" in capsys.readouterr().out


def test_a_must_without_a_fault_fails_when_faults_are_required(small_law: SmallLaw, capsys) -> None:
    fault = {"name": "get-early", "clause": "queue.get.delay"}
    assert run(small_law, [PUT, GET], [fault], "--require-faults") == 1
    assert "queue.md:5: error: queue.put.full is broken by no fault" in capsys.readouterr().err
    assert run(small_law, [PUT, GET], [FAULT], "--require-faults") == 0


def test_an_excused_must_needs_no_fault(small_law: SmallLaw) -> None:
    excuse(small_law, "queue.put.full")
    fault = {"name": "get-early", "clause": "queue.get.delay"}
    assert run(small_law, [GET], [fault], "--require-faults") == 0


@pytest.mark.parametrize(
    "faults, complaint",
    [
        ([{"name": "odd", "clause": "queue.put.fool"}], "names queue.put.fool, which is no clause"),
        ([{"name": "odd"}], "the fault odd names no clause"),
        ([FAULT, FAULT], "the fault put-never-full stands already in line 1"),
        ([], "lists no name"),
    ],
)
def test_faults_that_do_not_fit_the_law_are_caught(
    small_law: SmallLaw, capsys, faults: list[Any], complaint: str
) -> None:
    assert run(small_law, [PUT, GET], faults) == 1
    assert complaint in capsys.readouterr().err


def test_faults_cannot_be_required_without_a_list(small_law: SmallLaw) -> None:
    with pytest.raises(SystemExit) as wrong_usage:
        run(small_law, [PUT, GET], None, "--require-faults")
    assert wrong_usage.value.code == 2


def test_a_list_that_is_not_there_is_caught(small_law: SmallLaw) -> None:
    with pytest.raises(SystemExit) as wrong_usage:
        main(["--spec", str(small_law.folder), "--tests", str(small_law.folder / "none")])
    assert wrong_usage.value.code == 2
