"""The clauses of a section stand together, in the order that the page states."""

from __future__ import annotations

import pytest
from conftest import SmallLaw
from law import read_law

SECOND_PUT = """
## queue.put.late (MUST, base)

A put returns.

Source: a ruling of this law.
"""


def problems(small_law: SmallLaw) -> list[str]:
    return [str(problem) for problem in read_law(small_law.folder).problems]


def add_clause(small_law: SmallLaw, before: str) -> None:
    small_law.replace("queue", before, SECOND_PUT.lstrip() + "\n" + before)
    small_law.replace(
        "changes",
        "added 0.1: queue.put.full\n",
        "added 0.1: queue.put.full\nadded 0.1: queue.put.late\n",
    )


def test_a_section_that_stands_together_is_right(small_law: SmallLaw) -> None:
    add_clause(small_law, "## queue.get.delay (")
    assert problems(small_law) == []


def test_a_section_that_is_split_is_caught(small_law: SmallLaw) -> None:
    add_clause(small_law, "## queue.get.delay (")
    text = small_law.text("queue")
    start, end = text.index("## queue.put.late ("), text.index("## queue.get.delay (")
    small_law.write("queue", text[:start] + text[end:] + "\n" + text[start:end])
    line = small_law.line("queue", "## queue.put.late (")
    assert problems(small_law) == [
        f"{small_law.folder}/queue.md:{line}: error: queue.put.late stands apart from the section "
        "'put', which begins at queue.md:5; move it there"
    ]


@pytest.mark.parametrize(
    "stated, complaint",
    [
        ("Sections: get, put.", "queue.md:3: error: the clauses stand in another order"),
        ("Sections: put.", "queue.md:3: error: the clauses stand in another order"),
        ("Sections: put, get, join.", "queue.md:3: error: the clauses stand in another order"),
        ("No order.", "queue.md:1: error: the page does not state its sections"),
    ],
)
def test_an_order_that_the_page_does_not_keep_is_caught(
    small_law: SmallLaw, stated: str, complaint: str
) -> None:
    small_law.replace("queue", "Sections: put, get.", stated)
    (found,) = problems(small_law)
    assert complaint in found
    assert "write 'Sections: put, get.'" in found
