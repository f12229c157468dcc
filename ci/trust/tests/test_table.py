"""Which verdicts are unusual, and what the table says of them."""

import json

import pytest
from plan import IMPLEMENTATIONS, Planned
from table import Table

from psq.base.paths import SOURCE
from psq.base.status import Status


def table_of(store, planned=(), commit="c1"):
    return Table(commit, store.finished(commit), planned, IMPLEMENTATIONS)


def test_runs_as_usual_conform(store, stored):
    stored("pass", "expected-fail", "unsupported")
    stored("pass", "expected-fail", "unsupported", load="stress")
    table = table_of(store)
    assert table.status() == Status.CONFORMS and not table.unusual
    assert table.total.judged == 4  # what is unsupported is not judged


def test_a_fail_under_load_is_reported_with_its_evidence(store, stored):
    stored("pass", "pass")
    stored("pass", "fail", load="stress", seed=99)
    table = table_of(store)
    text = table.markdown()
    assert table.status() == Status.DOES_NOT_CONFORM
    assert "**fail** (usually pass) `t.b` of `t.b`, `reference`, stress, run 0" in text
    assert "saw fail" in text and "psq check reference --test t.b --seed 99" in text
    assert "| `reference` | stress | 1 | 2 | 1 | 0 |" in text


def test_an_implementation_that_must_conform_never_fails_as_usual(store, stored):
    for index in range(3):
        stored("fail", index=index)
    assert table_of(store).total.failures == 3


def test_what_a_third_party_fails_each_time_is_usual_and_said(store, stored):
    for load in ("idle", "stress"):
        stored("fail", "pass", implementation="python:billiard", load=load)
    table = table_of(store)
    assert table.status() == Status.CONFORMS
    assert "`python:billiard` fails 1 tests in each run" in table.markdown()


def test_idle_runs_say_what_is_usual(store, stored):
    stored("pass", implementation="python:billiard")
    for index in range(2):
        stored("fail", implementation="python:billiard", load="stress", index=index)
    assert table_of(store).total.failures == 2


@pytest.mark.parametrize("implementation", ["reference", "python:billiard"])
def test_inconclusive_is_never_usual_and_counts_by_the_thousand(store, stored, implementation):
    stored(*["inconclusive"] + ["pass"] * 24, implementation=implementation)
    table = table_of(store)
    assert table.status() == Status.INCONCLUSIVE
    assert "| 25 | 0 | 1 | 40.00 |" in table.markdown()


def test_runs_that_are_not_finished_are_counted(store, stored):
    planned = [stored("pass"), *(Planned("reference", "disk", index) for index in range(3))]
    stored("pass", load="disk")
    table = table_of(store, planned)
    assert "- `reference`: disk 2" in table.markdown()
    assert table.sentence().startswith("2 of 4 planned runs of c1")


def test_a_run_without_results_is_a_problem(store, stored):
    planned = stored("pass")
    store.results(planned, "c1").unlink()
    table = table_of(store)
    assert table.status() == Status.INTERNAL
    assert "went wrong: no results" in table.markdown()


def test_a_page_names_files_from_the_top_of_the_tree(store, stored):
    planned = stored("pass")
    path = store.results(planned, "c1")
    lines = path.read_text().splitlines()
    lines[-1] = json.dumps({"record": "end", "problems": [f"{SOURCE}/suite/main.cc:5: aborted"]})
    path.write_text("\n".join(lines) + "\n")
    assert "went wrong: suite/main.cc:5: aborted" in table_of(store).markdown()
