"""Each report says whose it is and what it shows, so that the pages link it."""

from pathlib import Path

import pytest
import reports
from subjects import SUBJECTS

from psq.base.status import UsageError

ROOT = Path(__file__).resolve().parents[3]
TEXT = "# i 3 loses one\n\nFound by `psq check x:i`, at `q.a`\nand `q.b`, with `x`.\n\nSee `q.c`.\n"


def load(root, pages=None):
    return reports.load(root, pages or root / "docs/results", {"x:i", "y"}, {"q.a", "q.b", "q.c"})


@pytest.fixture
def lost(tmp_path):
    path = tmp_path / reports.FOLDER / "lost.md"
    path.parent.mkdir(parents=True)
    path.write_text(TEXT)
    return path


def test_the_opening_of_a_report_is_read(tmp_path, lost):
    (found,) = load(tmp_path)
    assert found == reports.Report(
        "lost.md", "i 3 loses one", ("x:i",), ("q.a", "q.b"), "reports/lost.md"
    )
    assert reports.about([found], "x:i") == [found] and not reports.about([found], "y")


def test_the_pages_may_stand_elsewhere(tmp_path, lost):
    (found,) = load(tmp_path, tmp_path / "elsewhere")
    assert (tmp_path / "elsewhere" / found.link).resolve() == lost.resolve()


@pytest.mark.parametrize(
    "of_text, no", [("psq check x:i", "subject"), ("`q.a`\nand `q.b`", "clause")]
)
def test_a_report_of_nothing_is_refused(tmp_path, lost, of_text, no):
    lost.write_text(TEXT.replace(of_text, "it"))
    with pytest.raises(UsageError, match=f"reports/lost.md: its first paragraph names no {no}"):
        load(tmp_path)


def test_each_report_of_the_tree_is_of_a_subject():
    here = sorted(path.name for path in (ROOT / reports.FOLDER).glob("*.md"))

    class Anything:
        def __contains__(self, word):
            return word.count(".") >= 2

    found = reports.load(ROOT, ROOT, {each.driver for each in SUBJECTS}, Anything())
    assert here and [each.name for each in found] == here


def test_a_reproduction_may_name_a_report():
    assert reports.named("docs/results/reports/a-b.md: q.get()") == ("a-b.md", "q.get()")
    assert reports.named("docs/results/reports/a-b.md") == ("a-b.md", "")
    assert reports.named("q.get()") == ("", "q.get()")


def test_each_report_that_a_ledger_names_is_there():
    ledgers = (ROOT / "harness/ledgers").glob("*.json")
    texts = [path.read_text(encoding="utf-8") for path in ledgers]
    named = {part.partition(".md")[0] for text in texts for part in text.split("docs/results/")[1:]}
    assert named
    assert all((ROOT / "docs/results" / f"{name}.md").is_file() for name in named), named
