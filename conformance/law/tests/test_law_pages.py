"""Every way in which a page can be wrong is caught, at its line and with a remedy."""

from __future__ import annotations

import pytest
from conftest import SmallLaw
from law import read_law


def problems(small_law: SmallLaw) -> list[str]:
    return [str(problem) for problem in read_law(small_law.folder).problems]


def the_problem(small_law: SmallLaw) -> str:
    found = problems(small_law)
    assert len(found) == 1, "\n".join(found)
    return found[0]


def test_a_right_law_is_read_whole(small_law: SmallLaw) -> None:
    law = read_law(small_law.folder)
    assert law.problems == []
    put, get = law.clauses
    assert (put.id, put.level, put.profile) == ("queue.put.full", "MUST", "base")
    assert put.sentence == "A put on a full queue ends as `full`."
    assert put.notes["Why"] == "somebody has to say so."
    assert put.notes["Source"] == "observed, CPython 3.11.2."
    assert (put.page, put.line) == ("queue.md", 5)
    assert (get.level, get.profile) == ("MAY", "lifecycle")


BROKEN_PAGES = [
    ("queue.put.full (MUST", "queue.put.full (OUGHT", 5, "unknown level 'OUGHT'"),
    ("queue.put.full (MUST, base)", "queue.put.full (MUST, basic)", 5, "unknown profile 'basic'"),
    ("queue.put.full (MUST, base)", "queue.put.full (MUST base)", 5, "no heading of a clause"),
    ("queue.put.full (MUST, base)", "queue.put.full", 5, "no heading of a clause"),
    ("queue.put.full (MUST, base)", "Some words", 5, "no heading of a clause"),
    ("base)\n\nA put", "base)\nA put", 6, "leave a blank line"),
    ("ends as `full`.", "ends as `full`", 7, "does not end with a full stop"),
    ("ends as `full`.", "ends. It ends as `full`.", 7, "more than one sentence"),
    ("ends as `full`.", "ends as `full`.\n\nAnd so on.", 10, "second normative paragraph"),
    ("A put on a full queue\nends as `full`.\n\n", "", 5, "no normative sentence"),
    ("Source: observed, CPython 3.11.2.\n\n", "", 5, "has no 'Source:'"),
    ("Source: observed, CPython 3.11.2.", "Source:", 5, "has no 'Source:'"),
    ("Example: as", "Why: as", 14, "second 'Why:'"),
]


@pytest.mark.parametrize("old, new, line, complaint", BROKEN_PAGES)
def test_a_broken_clause_is_caught(
    small_law: SmallLaw, old: str, new: str, line: int, complaint: str
) -> None:
    small_law.replace("queue", old, new)
    found = [problem for problem in problems(small_law) if complaint in problem]
    assert len(found) == 1, "\n".join(problems(small_law))
    assert f"queue.md:{line}: error: " in found[0]


def test_only_a_broken_heading_also_loses_its_id(small_law: SmallLaw) -> None:
    small_law.replace("queue", "queue.put.full (MUST, base)", "queue.put.full")
    assert len(problems(small_law)) == 2
    assert any("queue.put.full has vanished" in problem for problem in problems(small_law))


@pytest.mark.parametrize(
    "clause, complaint",
    [
        ("pipe.put.full", "does not begin with its page's name"),
        ("queued.put.full", "does not begin with its page's name"),
        ("queue.Put.full", "is no id"),
        ("queue.put_full", "is no id"),
        ("queue", "does not begin with its page's name"),
    ],
)
def test_an_id_that_does_not_fit_is_caught(
    small_law: SmallLaw, clause: str, complaint: str
) -> None:
    small_law.replace("queue", "## queue.put.full (", f"## {clause} (")
    small_law.replace("changes", "0.1: queue.put.full", f"0.1: {clause}")
    assert complaint in "\n".join(problems(small_law))


def test_a_duplicate_id_is_caught(small_law: SmallLaw) -> None:
    small_law.replace("queue", "## queue.get.delay (", "## queue.put.full (")
    small_law.replace("changes", "added 0.1: queue.get.delay\n", "")
    problem = the_problem(small_law)
    assert "queue.put.full stands already at queue.md:5" in problem
    assert f"queue.md:{small_law.line('queue', '## queue.put.full')}:" in problem


def test_an_id_that_changes_does_not_know_is_caught(small_law: SmallLaw) -> None:
    small_law.replace("changes", "added 0.1: queue.put.full\n", "")
    assert "queue.put.full is not in changes.md" in the_problem(small_law)


def test_an_id_that_vanished_is_caught(small_law: SmallLaw) -> None:
    small_law.replace("changes", "added 0.1: queue.get.delay", "added 0.1: queue.get.late")
    found = "\n".join(problems(small_law))
    assert "changes.md:5: error: queue.get.late has vanished" in found
    assert "queue.get.delay is not in changes.md" in found


def test_a_removed_id_that_is_back_is_caught(small_law: SmallLaw) -> None:
    small_law.replace("changes", "0.2: queue.put.gone", "0.2: queue.get.delay")
    small_law.replace("changes", "added 0.1: queue.put.gone\n", "")
    problem = the_problem(small_law)
    assert "queue.get.delay was removed (changes.md:6)" in problem
    assert "queue.md:" in problem


@pytest.mark.parametrize(
    "line, complaint",
    [
        ("added queue.put.full", "is no change"),
        ("added 0.1 queue.put.full", "is no change"),
        ("added 0.1: queue.put.full", "was added before"),
        ("removed 0.3: queue.put.gone", "was removed before"),
        ("removed 0.3: queue.never", "was never added"),
    ],
)
def test_a_broken_line_of_changes_is_caught(small_law: SmallLaw, line: str, complaint: str) -> None:
    last = "removed 0.2: queue.put.gone"
    small_law.replace("changes", last, f"{last}\n{line}")
    problem = the_problem(small_law)
    assert complaint in problem
    assert "changes.md:8: error: " in problem


@pytest.mark.parametrize("page", ["changes", "limits"])
def test_a_missing_list_is_caught(small_law: SmallLaw, page: str) -> None:
    (small_law.folder / f"{page}.md").unlink()
    assert f"{page}.md:0: error: missing" in the_problem(small_law)


def test_a_clause_on_a_page_of_prose_is_caught(small_law: SmallLaw) -> None:
    small_law.write("model", "# Model\n\n## queue.put.full (MUST, base)\n")
    assert "model.md:3: error: a clause on a page that holds none" in the_problem(small_law)


def test_a_page_without_clauses_is_caught(small_law: SmallLaw) -> None:
    small_law.write("stack", "# Stack\n\nTo be written.\n")
    assert "stack.md:1: error: a page without clauses" in the_problem(small_law)


def test_a_folder_without_a_law_is_caught(tmp_path) -> None:
    assert any("no clause found" in str(problem) for problem in read_law(tmp_path).problems)


@pytest.mark.parametrize(
    "row, complaint",
    [
        ("| `queue.put.full` |", "has no reason"),
        ("| `queue.put.full` | |", "has no reason"),
        ("| `queue.put.fool` | cannot be seen |", "is no clause"),
    ],
)
def test_a_broken_row_of_limits_is_caught(small_law: SmallLaw, row: str, complaint: str) -> None:
    small_law.write("limits", small_law.text("limits") + row + "\n")
    problem = the_problem(small_law)
    assert complaint in problem
    assert f"limits.md:{small_law.line('limits', '|')}: error: " in problem


def test_a_row_of_limits_is_read(small_law: SmallLaw) -> None:
    row = "| `queue.put.full` | cannot be seen |\n"
    small_law.write("limits", small_law.text("limits") + row)
    assert [(entry.id, entry.reason) for entry in read_law(small_law.folder).untested] == [
        ("queue.put.full", "cannot be seen")
    ]
    small_law.write("limits", small_law.text("limits") + row)
    assert "stands here twice" in the_problem(small_law)


def test_limits_without_its_table_is_caught(small_law: SmallLaw) -> None:
    small_law.replace("limits", "## Clauses without a test", "## Clauses not tested")
    assert "section '## Clauses without a test' is missing" in the_problem(small_law)
