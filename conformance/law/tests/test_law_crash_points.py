"""The table of crash points, the clauses and the names in the clauses are the same list."""

from __future__ import annotations

import pytest
from conftest import SmallLaw
from law import read_law

FAILURE = """\
# Failure

Sections: moment, robust.

## failure.moment.nothing-wrong (MUST, base)

Nothing is wrong at any crash point.

Source: ruling.

## failure.moment.before-flush (OBSERVED, base)

What survivors can do after the crash point `before-flush` is left open.

Source: observed.

## failure.moment.joiner (OBSERVED, base)

What survivors can do after the crash point `joiner` is left open.

Source: observed.

## failure.robust.goes-on (MUST, robust)

Survivors continue.

Source: see the crash points `before-flush` and `joiner`.
"""

TABLE = """\
# Crash points

| crash point | object |
|---|---|
| `before-flush` | `Queue` |
| `joiner` | `JoinableQueue` |
"""

IDS = ("moment.nothing-wrong", "moment.before-flush", "moment.joiner", "robust.goes-on")


@pytest.fixture
def law_of_failure(small_law: SmallLaw) -> SmallLaw:
    small_law.write("failure", FAILURE)
    small_law.write("crash-points", TABLE)
    lines = "".join(f"added 0.1: failure.{name}\n" for name in IDS)
    small_law.replace(
        "changes", "added 0.1: queue.put.full\n", f"added 0.1: queue.put.full\n{lines}"
    )
    return small_law


def problems(law: SmallLaw) -> list[str]:
    return [str(problem) for problem in read_law(law.folder).problems]


def test_a_table_that_fits_is_right(law_of_failure: SmallLaw) -> None:
    assert problems(law_of_failure) == []


def test_a_row_without_a_clause_is_caught(law_of_failure: SmallLaw) -> None:
    table = law_of_failure.text("crash-points")
    law_of_failure.write("crash-points", table + "| `parent` | `Queue` |\n")
    (found,) = problems(law_of_failure)
    assert "crash-points.md:7: error: the crash point parent has no OBSERVED clause" in found


def test_a_clause_without_a_row_is_caught(law_of_failure: SmallLaw) -> None:
    law_of_failure.replace("crash-points", "| `joiner` | `JoinableQueue` |\n", "")
    line = law_of_failure.line("failure", "## failure.moment.joiner")
    found = problems(law_of_failure)
    assert f"failure.md:{line}: error: failure.moment.joiner has no row" in found[0]
    assert sum("names the crash point joiner" in problem for problem in found) == 2


@pytest.mark.parametrize(
    "old", ["crash points `before-flush` and", "the crash point `before-flush`"]
)
def test_a_name_that_is_no_row_is_caught(law_of_failure: SmallLaw, old: str) -> None:
    law_of_failure.replace("failure", old, old.replace("before-flush", "before-flight"))
    (found,) = problems(law_of_failure)
    assert "names the crash point before-flight, which is not in crash-points.md" in found


def test_a_missing_table_is_caught(law_of_failure: SmallLaw) -> None:
    (law_of_failure.folder / "crash-points.md").unlink()
    assert any("failure.moment.joiner has no row" in found for found in problems(law_of_failure))
