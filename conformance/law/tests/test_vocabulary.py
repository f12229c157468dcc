"""The tables of the vocabulary are read whole, and every way to be wrong is caught at its line."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from vocabulary import read_vocabulary
from vocabulary_cpp import main, render_arguments, render_enums, render_table

SPEC = Path(__file__).resolve().parents[3] / "spec"


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """The project's own two pages, to be broken in one place each."""
    folder = tmp_path / "spec"
    folder.mkdir()
    for page in ("operations", "outcomes"):
        shutil.copy(SPEC / f"{page}.md", folder)
    return folder


def replace(pages: Path, page: str, old: str, new: str) -> None:
    path = pages / f"{page}.md"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} must stand once in {page}.md"
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_tables_of_this_project_are_right() -> None:
    vocabulary, law = read_vocabulary(SPEC)
    assert [str(problem) for problem in law.problems] == []
    assert vocabulary.operations and vocabulary.outcomes


def test_an_operation_is_read_whole() -> None:
    vocabulary, _ = read_vocabulary(SPEC)
    put = next(each for each in vocabulary.operations if each.name == "put")
    assert put.types == ("queue", "joinable_queue")
    assert put.declared and put.on == "object" and put.value == ""
    assert put.fields == (("item", "json"), ("block",), ("timeout",))
    assert put.optional == {"block", "timeout"}
    assert {"full", "closed", "ok", "raised", "crashed"} <= set(put.outcomes)
    assert "empty" not in put.outcomes


def test_a_history_has_its_own_names() -> None:
    vocabulary, _ = read_vocabulary(SPEC)
    assert vocabulary.operator_of("recv_bytes_into") == "get"
    assert vocabulary.operator_of("wait") is None
    other = next(each for each in vocabulary.results if each.name == "other")
    assert other.effect == "unknown" and "raised" in other.outcomes


BROKEN = [
    ("outcomes", "| `empty` | some |", "| `empty` | few |", "operations is 'few'"),
    ("outcomes", "| `empty` | some |", "| `full` | some |", "`full` stands here 2 times"),
    (
        "outcomes",
        "| `empty` | no | `empty` |",
        "| `empty` | no | `emptyish` |",
        "`emptyish` in outcomes is not known",
    ),
    (
        "outcomes",
        "| `empty` | no | `empty` |",
        "| `empty` | no | `full` |",
        "`empty` stands in 0 rows",
    ),
    ("outcomes", "| `full` | no | `full` |", "| `full` | maybe | `full` |", "effect is 'maybe'"),
    ("outcomes", "## Outcomes of the controller", "## Outcomes", "'## Outcomes of the controller'"),
    (
        "operations",
        "| `qsize` | `queue`, `joinable_queue` | object |",
        "| `qsize` | `heap` | object |",
        "`heap` in types is not known",
    ),
    (
        "operations",
        "| `qsize` | `queue`, `joinable_queue` | object |",
        "| `empty` | `queue` | object |",
        "`empty` stands twice for one type",
    ),
    (
        "operations",
        "| `room`, [`offset`] |",
        "| `room`, [`offsets`] |",
        "`offsets` in fields is not known",
    ),
    (
        "operations",
        "| `task_done_too_often`, `closed` |",
        "| `done_too_often` |",
        "`done_too_often` in outcomes is not known",
    ),
    ("operations", "| `room` | integer |", "| `room` | whole |", "type is 'whole'"),
    (
        "operations",
        "| `raise` | itself | yes |",
        "| `raise` | itself | often |",
        "normal is 'often'",
    ),
    (
        "operations",
        "| `poll` | `poll` |\n",
        "| `poll` | `polls` |\n",
        "`polls` in operations is not known",
    ),
    ("operations", "| `raise` | itself | yes |", "| `raise` | itself |", "2 cells in a table of 3"),
    (
        "operations",
        "| `task_done` | `joinable_queue` | `joinable-queue.task-done`",
        "| `task_done` | `queue` | `joinable-queue.task-done`",
        "`task_done` of `joinable_queue` has no row here",
    ),
    (
        "operations",
        "| how | by | normal |",
        "| how | who | normal |",
        "must have the columns how, by",
    ),
]


@pytest.mark.parametrize("page, old, new, message", BROKEN)
def test_a_wrong_table_is_named(pages: Path, page: str, old: str, new: str, message: str) -> None:
    replace(pages, page, old, new)
    problems = [str(problem) for problem in read_vocabulary(pages)[1].problems]
    assert any(message in each and f"{page}.md:" in each for each in problems), problems


def test_the_names_become_enumerators_and_typed_fields() -> None:
    vocabulary, _ = read_vocabulary(SPEC)
    enums, arguments, table = (
        render(vocabulary) for render in (render_enums, render_arguments, render_table)
    )
    assert "enum class Operation : std::uint8_t {\n  kCreate,\n" in enums
    assert "  kRecvBytesInto,\n" in enums and "  kTaskDoneTooOften,\n" in enums
    assert "std::optional<std::int64_t> maxsize;" in arguments
    assert arguments.count("std::optional<Payload> payload;") == 1
    assert '{"recv_bytes", history::Operator::kGet},' in table
    assert (
        "     .fields = {Field::kRoom, Field::kOffset},\n     .needed = {Field::kRoom},\n" in table
    )


def test_a_field_that_is_added_to_a_table_is_added_to_the_arguments(pages: Path) -> None:
    added = "| `depth` | integer | | | 0 | new |\n| `as` | name |"
    replace(pages, "operations", "| `as` | name |", added)
    vocabulary, law = read_vocabulary(pages)
    assert law.problems == []
    assert "std::optional<std::int64_t> depth;" in render_arguments(vocabulary)


def test_a_description_that_changes_touches_no_header(pages: Path, tmp_path: Path) -> None:
    folder = tmp_path / "generated"
    arguments = ["--spec", str(pages), "--folder", str(folder)]
    assert main(arguments) == 0
    for path in folder.iterdir():
        os.utime(path, (0, 0))
    replace(pages, "operations", "| the length of a pause |", "| how long a pause is |")
    assert main(arguments) == 0
    assert {path.stat().st_mtime for path in folder.iterdir()} == {0}
    replace(pages, "operations", "| `seconds` | number |", "| `seconds` | integer |")
    assert main(arguments) == 0
    touched = {path.name for path in folder.iterdir() if path.stat().st_mtime != 0}
    assert touched == {"arguments.h"}


def test_right_tables_are_written_and_wrong_ones_are_not(
    pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "generated"
    assert main(["--spec", str(pages), "--folder", str(folder)]) == 0
    assert {path.name for path in folder.iterdir()} == {
        "enums.h",
        "arguments.h",
        "vocabulary_table.cc",
    }
    replace(pages, "operations", "| `room` | integer |", "| `room` | whole |")
    shutil.rmtree(folder)
    assert main(["--spec", str(pages), "--folder", str(folder)]) == 1
    assert not folder.exists()
    assert "operations.md:" in capsys.readouterr().err
