"""The generator writes what the pages say, and nothing when they are wrong."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from clause_table import digest, literal, main, render
from conftest import SmallLaw
from law import read_law

SPEC = Path(__file__).resolve().parents[3] / "spec"


def test_the_pages_of_this_project_are_right() -> None:
    law = read_law(SPEC)
    assert [str(problem) for problem in law.problems] == []
    assert law.clauses


def test_the_source_holds_every_field(small_law: SmallLaw) -> None:
    source = render(read_law(small_law.folder).clauses)
    for text in (
        '"queue.put.full",\n     Level::kMust,\n     Profile::kBase,\n',
        '"A put on a full queue ends as `full`."',
        '"somebody has to say so."',
        '"observed, CPython 3.11.2."',
        '"queue.md",\n     "",\n     5}',
        '"queue.get.delay",\n     Level::kMay,\n     Profile::kLifecycle,\n',
    ):
        assert text in source


def test_the_digest_is_that_of_ids_levels_profiles_and_sentences(small_law: SmallLaw) -> None:
    lines = (
        "queue.get.delay\tMAY\tlifecycle\tA get may be late.\n"
        "queue.put.full\tMUST\tbase\tA put on a full queue ends as `full`.\n"
    )
    expected = hashlib.sha256(lines.encode()).hexdigest()
    clauses = read_law(small_law.folder).clauses
    assert digest(clauses) == expected
    assert f'kDigest = "{expected}"' in render(clauses)
    assert digest(clauses[::-1]) == expected


@pytest.mark.parametrize(
    "old, new, changes",
    [
        ("A get may be late.", "A get may be very late.", True),
        ("queue.get.delay (MAY", "queue.get.delay (MUST", True),
        ("queue.get.delay (MAY, lifecycle", "queue.get.delay (MAY, base", True),
        ("Why: somebody", "Why: nobody", False),
        ("on a full queue\nends", "on a full\nqueue ends", False),
    ],
)
def test_the_digest_changes_with_the_promises_alone(
    small_law: SmallLaw, old: str, new: str, changes: bool
) -> None:
    before = digest(read_law(small_law.folder).clauses)
    small_law.replace("queue", old, new)
    assert (digest(read_law(small_law.folder).clauses) != before) == changes


def test_text_becomes_a_literal_that_means_the_same() -> None:
    assert literal('say "no"\\') == '"say \\"no\\"\\\\"'
    assert literal("é1") == '"\\303\\2511"'


def test_a_right_law_is_written(small_law: SmallLaw, tmp_path: Path) -> None:
    source = tmp_path / "clause_table.cc"
    assert main(["--spec", str(small_law.folder), "--source", str(source)]) == 0
    assert "queue.put.full" in source.read_text(encoding="utf-8")


def test_a_wrong_law_is_not(small_law: SmallLaw, tmp_path: Path, capsys) -> None:
    small_law.replace("queue", "full (MUST", "full (OUGHT")
    source = tmp_path / "clause_table.cc"
    assert main(["--spec", str(small_law.folder), "--source", str(source)]) == 1
    assert not source.exists()
    assert "queue.md:5: error: queue.put.full has the unknown level" in capsys.readouterr().err
