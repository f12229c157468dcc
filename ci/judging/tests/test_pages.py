"""What the pages of docs/results say of runs."""

import pages
import pytest
from reports import Report
from subjects import SUBJECTS, Subject, of

from psq.law.clause_table import Clause, Law, Test
from psq.results.run import Run

LEVELS = {"q.a": "MUST", "q.b": "MUST", "q.c": "SHOULD", "q.d": "MUST"}
LAW = Law(
    {
        name: Clause(name, level, "base", f"{name} | holds", "q", "", "")
        for name, level in LEVELS.items()
    },
    {name: Test(name, (name,), level, "base") for name, level in LEVELS.items()},
)
HELLO = {"implementation": "i", "version": "3", "start_method": "fork"}


REPORT = Report("lost.md", "i 3 loses one", ("python:mine",), ("q.a",), "reports/lost.md")


def judged(driver="python:mine", known=None, reports=(), **verdicts):
    """A run; a verdict is a name, or the record's own fields."""
    run = Run(name=driver, plan={"tests": list(LEVELS), "seed": 7}, implementation=HELLO)
    for letter, given in verdicts.items():
        fields = {"verdict": given} if isinstance(given, str) else given
        name = f"q.{letter}"
        run.tests[name] = {"test": name, "clauses": [name], "seed": 7, **fields}
    return pages.Judged(Subject(driver, f"the {driver}"), run, known or {}, reports)


def failed(fails, passes=0):
    confirmed = {"fail": fails, "pass": passes}
    seen = {"expected": "ok", "saw": "full | \x1b[31m`now`"}
    return {"verdict": "fail", "confirmed": confirmed, **seen}


def made(*subjects, absent=(), written=()):
    return pages.all_pages(subjects, absent, LAW, "c0ffee", written)


def test_the_marks_of_the_matrix():
    one = judged(a=failed(3, 2), b=failed(0, 5), c="deviates", d="blocked")
    assert [pages.mark(one.run, LAW, clause) for clause in LEVELS] == ["✗", "1", "~", "b"]
    other = judged(a="pass", b="inconclusive", c="unsupported")
    assert [pages.mark(other.run, LAW, clause) for clause in LEVELS] == ["✓", "?", "·", "·"]


def test_what_was_not_repeated_is_not_convicted():
    assert pages.mark(judged(a={"verdict": "fail"}).run, LAW, "q.a") == "1"


def test_the_table_has_a_row_a_subject_and_a_column_a_subject():
    right = judged("reference", a="pass", b="pass", c="pass", d="pass")
    wrong = judged(a=failed(5), b="pass", c="deviates", d="unsupported")
    index = made(right, wrong)["README.md"]
    assert "| [the reference](reference.md) | i 3 | 4 | 0 | 0 | 0 | 0 | 0 |" in index
    assert "| [the python:mine](python-mine.md) | i 3 | 1 | 1 | 0 | 1 | 0 | 1 |" in index
    assert "| clause | level | `reference` | `python:mine` |" in index
    assert "| `q.a` | MUST | ✓ | ✗ |" in index and "| `q.c` | SHOULD | ✓ | ~ |" in index
    assert "`q.b`" not in index and "`q.d`" not in index  # kept where it was decided


def test_each_row_of_a_table_has_as_many_cells():
    index = made(judged("reference", a="pass"), judged(a=failed(5), b="inconclusive"))["README.md"]
    tables = [part for part in index.split("\n\n") if part.startswith("|")]
    assert len(tables) == 2
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1, table


def test_a_page_has_what_was_seen_and_why():
    entry = {"reason": "it loses one", "reproduction": "q.get()", "link": "https://x.org/1"}
    page = made(judged(a=failed(4, 1), b=failed(5), known={"q.a": entry}))["python-mine.md"]
    assert "## Broken: 2" in page and "> q.a \\| holds" in page
    assert "- `q.a`, seed 7: failed in 4 of 5 repeats" in page
    assert "  - saw: `full \\| ␛[31m'now'`" in page  # nothing in it acts, and it ends nowhere early
    assert "- cause: it loses one\n- without psq: `q.get()`\n- https://x.org/1\n" in page
    assert page.count("- cause: not looked into yet") == 1


def test_a_page_says_on_what_kind_of_machine():
    one = judged(a="pass")
    one.run.plan["about"] = {
        "platform": {
            "system": "Linux",
            "release": "6.1.0-13-amd64",
            "machine": "x86_64",
            "processors": 2,
        }
    }
    assert "| on | `Linux 6.1.0 x86_64 2 processors` |" in made(one)["python-mine.md"]


def test_what_is_not_decided_says_why():
    blocked = {"verdict": "blocked", "message": "blocked: queue.put"}
    lack = {"verdict": "unsupported", "message": "it does not claim the profile robust"}
    page = made(judged(a=blocked, b=lack, c=lack, d="inconclusive"))["python-mine.md"]
    assert "- `q.a`: `blocked: queue.put`" in page and "- `q.d`: `inconclusive`" in page
    assert "## Not supported: 2 tests" in page
    assert "- 2: `it does not claim the profile robust`" in page


def test_what_was_left_out_is_told():
    part = judged(a="pass")
    part.run.plan["selection"] = ["--test q.*"]
    index = made(part, absent=[(of("cpython@pypy3"), "no pypy3")])["README.md"]
    assert "Judged by a part of the law alone: the python:mine (--test q.*)" in index
    assert "Not installed where this was made: multiprocessing of PyPy, by fork." in index
    assert "Each clause that was decided is kept by each subject." in index


def test_what_is_broken_leads_to_its_report():
    known = {"q.b": {"reason": "as q.a", "reproduction": "docs/results/reports/lost.md: q.get()"}}
    wrong = judged(a=failed(5), b=failed(5), c="deviates", known=known, reports=[REPORT])
    both = made(judged("reference", a="pass", reports=[REPORT]), wrong, written=[REPORT])
    sign = "[✗](reports/lost.md)"
    assert f"| `q.a` | MUST | ✓ | {sign} |" in both["README.md"]  # as the report says
    assert f"| `q.b` | MUST | · | {sign} |" in both["README.md"]  # as the ledger says
    assert "| `q.c` | SHOULD | · | ~ |" in both["README.md"]
    page = both["python-mine.md"]
    assert page.count("- report: [i 3 loses one](reports/lost.md)\n") == 2
    assert "- without psq: `q.get()`\n" in page and "docs/results" not in page
    assert "## Reports: 1\n\n- [i 3 loses one](reports/lost.md)\n" in page


def test_what_was_seen_once_leads_to_no_report():
    once = made(judged(a=failed(0, 5), reports=[REPORT]), written=[REPORT])
    assert "| `q.a` | MUST | 1 |" in once["README.md"]


def test_a_report_of_a_subject_that_is_not_here_is_listed():
    listed = "## Reports: 1\n\n- `python:mine`: [i 3 loses one](reports/lost.md)\n"
    assert listed in made(judged("reference", a="pass"), written=[REPORT])["README.md"]
    assert "Reports" not in made(judged("reference", a="pass"))["README.md"]


@pytest.mark.parametrize("of_what", ["driver", "name", "slug"])
def test_subjects_are_apart(of_what):
    assert len({getattr(each, of_what) for each in SUBJECTS}) == len(SUBJECTS)
    assert all("/" not in each.slug for each in SUBJECTS)
