"""What of a page stays when it is written by a store that has other runs."""

import campaign
import pytest
from page import page
from plan import IMPLEMENTATIONS
from sections import merged, sections_of, summary
from table import Table

from psq.base.status import UsageError


def tables_of(store, *commits):
    return [Table(commit, store.finished(commit), [], IMPLEMENTATIONS) for commit in commits]


def test_sections_of_other_commits_stay_below(store, stored):
    stored("pass", commit="a1")
    stored("pass", "pass", commit="b2")
    old = page(tables_of(store, "a1"), [])
    text = page(tables_of(store, "b2"), [], old)
    assert list(sections_of(text)) == ["b2", "a1"]
    assert sections_of(text)["a1"] == sections_of(old)["a1"]


def test_a_page_that_is_written_again_stays_the_same(store, stored):
    stored("pass", commit="a1")
    stored("fail", commit="b2", load="stress")
    text = page(tables_of(store, "b2", "a1"), [])
    assert page(tables_of(store, "b2"), [], text) == text


def test_the_section_of_a_commit_is_made_anew(store, stored):
    stored("pass", commit="a1")
    old = page(tables_of(store, "a1"), [])
    stored("pass", "pass", commit="a1", load="stress")
    text = page(tables_of(store, "a1"), [], old)
    assert text.count("## Commit") == 1 and "3 tests judged" in text


def test_all_commits_are_summed_up(store, stored):
    stored(*["pass"] * 1199, "inconclusive", commit="a1")
    stored("pass", "fail", commit="b2", load="slow-driver")
    stored("pass", commit="b2", implementation="cpython:spawn", load="stress")
    lines = summary(each.markdown() for each in tables_of(store, "b2", "a1")).splitlines()
    assert lines[4:] == [
        "| `reference` | 1 | 1 | 1,202 | 1 | 1 | 0.83 |",
        "| `cpython:spawn` | 0 | 1 | 1 | 0 | 0 | 0.00 |",
        "| all | 1 | 2 | 1,203 | 1 | 1 | 0.83 |",
    ]


def test_a_file_that_is_no_page_is_not_written_over(store, stored, tmp_path, capsys):
    stored("pass", commit="a1")
    path = tmp_path / "notes.md"
    path.write_text("# Notes\n")
    with pytest.raises(UsageError):
        merged([("a1", "")], path.read_text())
    argv = ["--state", str(tmp_path / "state"), "--table", str(path)]
    assert campaign.main(argv) == 64
    assert path.read_text() == "# Notes\n" and "no page of a campaign" in capsys.readouterr().err
