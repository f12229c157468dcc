"""psq list and psq explain: the faults of a clause, and what each implementation does."""

import json

import pytest

from conftest import fault_row, make_program


@pytest.fixture
def faults(paths):
    for program, name in (("psq-faulty-driver", "late"), ("psq-faulty-python-driver", "other")):
        line = json.dumps(fault_row(name, breaks=f"it is {name}"))
        make_program(paths.build / "bin" / program, f"echo '{line}'")


def test_list_counts_tests_and_faults(psq, faults):
    status, out, _ = psq("list", "queue.*")
    assert status == 0
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines()}
    assert rows["clause"] == ["level", "profile", "tests", "faults"]
    assert rows["queue.get.c"] == ["MAY", "base", "1", "2"]
    assert rows["queue.put.a"] == ["MUST", "base", "3", "(1", "thorough)", "none"]


def test_list_does_without_the_faulty_programs(psq):
    status, out, _ = psq("list", "queue.get.c")
    assert (status, out.split()[-1]) == (0, "?")


def test_explain_names_faults_of_both_programs(psq, faults):
    status, out, _ = psq("explain", "queue.get.c")
    assert status == 0
    assert "late: it is late" in out and "other: it is other" in out
    assert "differs: Others do not." in out
    _, out, _ = psq("explain", "queue.put.a")
    assert "faults: none breaks it" in out


def test_explain_names_file_and_line(psq, faults):
    _, out, _ = psq("explain", "queue.get.c")
    assert "sentence: spec/queue.md:7\n" in out
    assert "  queue.get_c  conformance/clauses/queue/put.cc:12\n" in out
    assert "  late: it is late  harness/drivers/faulty/faults/some.cc:7\n" in out
    assert "  other: it is other  harness/drivers/faulty/faults/some.cc:7\n" in out


def test_explain_says_who_was_judged_and_who_not(psq, paths):
    assert psq("check", str(paths.build / "driver"))[0] == 0
    assert psq("check", f"{paths.build / 'driver'} queue.get_c=fail", "--test", "queue.get.c")[
        0
    ] in (0, 1)
    status, out, _ = psq("explain", "queue.get.c")
    assert status == 0
    said = out.partition("as last judged:")[2]
    assert "reference: not judged yet: psq check reference --test queue.get.c" in said
    assert "driver (misbehaving 1, fork): seen late" in said
    assert "queue.get_c=fail (misbehaving 1, fork): fail" in said


def test_explain_takes_the_newest_run_that_planned_the_clause(psq, paths):
    driver = str(paths.build / "driver")
    psq("check", driver)
    psq("check", driver, "--test", "queue.put.a")
    _, out, _ = psq("explain", "queue.get.c")
    assert "seen late" in out
    _, out, _ = psq("explain", "queue.put.a")
    assert "(misbehaving 1, fork): pass" in out


def test_explain_says_which_results_cannot_be_read(psq, paths):
    paths.results.mkdir()
    (paths.results / "torn.jsonl").write_text("no json\nat all\n")
    status, out, _ = psq("explain", "queue.put.a")
    assert status == 0
    assert "torn.jsonl" in out
