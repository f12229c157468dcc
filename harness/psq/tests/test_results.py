"""Result files, whole and damaged."""

import io
import json

import pytest
from rich.console import Console

from psq.base.status import Status, UsageError
from psq.law.clause_table import Law
from psq.reporting.summary import print_summary
from psq.results.result_file import Tail, Writer, load
from psq.results.run import Run

PLAN = {"record": "plan", "name": "n", "tests": ["q.a", "q.b"], "planned": 2, "clause_digest": "d"}
A = {"record": "test", "test": "q.a", "clauses": ["q.a"], "verdict": "pass"}
B = {"record": "test", "test": "q.b", "clauses": ["q.b"], "verdict": "fail", "clause": "q.b"}
END = {"record": "end", "planned": 2, "ran": 2, "status": 1}


def written(tmp_path, *records):
    path = tmp_path / "r.jsonl"
    lines = [each if isinstance(each, str) else json.dumps(each) + "\n" for each in records]
    path.write_text("".join(lines))
    return path


def test_a_whole_run_loads(tmp_path):
    run = load(written(tmp_path, PLAN, A, B, END))
    assert (run.name, run.missing, run.problems) == ("n", [], [])
    assert run.status() == Status.DOES_NOT_CONFORM


@pytest.mark.parametrize("thorough", [None, {}, {"planned": []}])
def test_a_plan_need_not_tell_of_thorough_tests(tmp_path, thorough):
    run = load(written(tmp_path, {**PLAN, "thorough": thorough}, A, B, END))
    assert (run.thorough_run, run.thorough_left_out) == ([], [])


def test_a_page_that_looks_like_a_style_is_text(tmp_path):
    run = load(written(tmp_path, {**PLAN, "tests": ["[/]"], "planned": 1}, END))
    told = io.StringIO()
    print_summary(run, Law({}), Console(file=told))
    assert "[/]" in told.getvalue()


def test_a_run_that_was_cut_short_loads_and_is_no_verdict(tmp_path):
    run = load(written(tmp_path, PLAN, A, '{"record":"te'))
    assert run.missing == ["q.b"]
    assert run.status() == Status.INTERNAL


@pytest.mark.parametrize(
    "records",
    [
        ["no json\n"],
        [A],
        [],
        [PLAN, PLAN, END],
        [PLAN, {"record": "test", "test": "q.a", "clauses": [], "verdict": "fine"}, END],
        [PLAN, {"record": "test", "verdict": "pass"}, END],
        [PLAN, "[1]\n", END],
    ],
)
def test_what_is_no_result_file_is_refused(tmp_path, records):
    with pytest.raises(UsageError):
        load(written(tmp_path, *records))


@pytest.mark.parametrize("found", [0, 2, "1", None])
def test_another_format_is_refused_and_says_what_to_do(tmp_path, found):
    with pytest.raises(UsageError, match=f"r.jsonl:1: .* the format {found!r}.*use the version"):
        load(written(tmp_path, {**PLAN, "format": found}, A, B, END))
    assert not load(written(tmp_path, {**PLAN, "format": 1}, A, B, END)).problems


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="cannot read"):
        load(tmp_path / "none.jsonl")


def test_the_problems_of_a_stored_run_stay(tmp_path):
    run = load(written(tmp_path, PLAN, A, B, {**END, "problems": ["the suite crashed"]}))
    assert run.status() == Status.INTERNAL


def test_a_tail_gives_whole_lines_only(tmp_path):
    path = tmp_path / "r"
    tail = Tail(path)
    assert tail.read() == []
    path.write_text('{"record":"a"}\n{"rec')
    assert tail.read() == [{"record": "a"}]
    path.write_text('{"record":"a"}\n{"record":"b"}\n')
    assert tail.read() == [{"record": "b"}]


def test_what_is_written_loads_again(tmp_path):
    path = tmp_path / "deep" / "r.jsonl"
    run = Run("n", plan=PLAN, tests={"q.a": A, "q.b": B})
    with Writer(path) as writer:
        for record in (PLAN, A, B, run.end_record(run.status())):
            writer.write(record)
    again = load(path)
    assert again.tests == run.tests
    assert again.end["pass"] == again.end["fail"] == 1
