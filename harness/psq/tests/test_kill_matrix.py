"""psq kill-matrix: a fault counts as found only at its clause, by a failure, in time."""

import dataclasses
import json

import pytest

from conftest import make_program


def faulty(paths, *faults, program="psq-faulty-driver"):
    listed = "\n".join(json.dumps(fault) for fault in faults)
    make_program(paths.build / "bin" / program, f"cat <<'END'\n{listed}\nEND")


def fault(name, clause="queue.get.c", **fields):
    return {"name": name, "clause": clause, "breaks": "something", **fields}


@pytest.fixture
def paths(paths):
    """A source tree of its own too: its lists are for the faults of these tests."""
    paths = dataclasses.replace(paths, source=paths.build / "source")
    paths.also.parent.mkdir(parents=True)
    paths.also.write_text("{}")
    return paths


@pytest.fixture(autouse=True)
def another_program_with_a_fault(paths):
    faulty(paths, fault("lie", control=["--plain"]), program="psq-lying-driver")


@pytest.fixture
def suite_that(paths):
    """Makes the suite end with a status after it wrote a failure at a clause."""

    def make(status, clause, control=0, others=()):
        real = paths.build / "bin" / "psq-conformance"
        record = "\n".join(
            json.dumps({"record": "test", "test": "t", "verdict": "fail", "clause": each})
            for each in (clause, *others)
        )
        real.rename(real.with_name("wayward"))
        make_program(
            real,
            f"""case $1 in --list|--clauses) exec "$(dirname "$0")/wayward" "$1";; esac
case "$*" in *--fault*) ;; *) exit {control};; esac
while [ "$1" != --results ]; do shift; done
echo '{record}' > "$2"
exit {status}""",
        )

    return make


def test_a_fault_is_killed_at_its_clause(psq, paths, suite_that):
    faulty(paths, fault("late"))
    suite_that(1, "queue.get.c")
    status, out, _ = psq("kill-matrix")
    assert status == 0, out
    assert "2 of 2 faults found" in out


@pytest.mark.parametrize(
    "status, clause, said",
    [
        (0, "queue.get.c", "status 0"),
        (2, "queue.get.c", "status 2"),
        (3, "queue.get.c", "status 3"),
        (70, "queue.get.c", "status 70"),
        (1, "queue.put.a", "failed at queue.put.a instead"),
    ],
)
def test_a_fault_survives(psq, paths, suite_that, status, clause, said):
    faulty(paths, fault("late"))
    suite_that(status, clause)
    code, out, _ = psq("kill-matrix")
    assert code == 1
    assert said in out and "SURVIVES" in out


def test_another_failure_must_be_on_the_list(psq, paths, suite_that):
    faulty(paths, fault("late", "queue.put.a"), fault("later", "queue.put.a"))
    suite_that(1, "queue.put.a", others=["queue.put.b"])
    paths.also.write_text('{"later": ["queue.put.*"]}')
    code, out, _ = psq("kill-matrix", "--fault", "late*")
    assert code == 1
    assert "survives: late: failed also at queue.put.b" in out
    assert "survives: later" not in out
    assert psq("kill-matrix", "--fault", "late", "--whole")[0] == 0


def test_a_list_for_no_fault_is_an_error(psq, paths):
    faulty(paths, fault("late"))
    paths.also.write_text('{"gone": []}')
    status, _, err = psq("kill-matrix")
    assert status == 70
    assert "faults that do not exist: gone" in err


def test_what_failed_is_written(psq, paths, suite_that, tmp_path):
    faulty(paths, fault("late"))
    suite_that(1, "queue.get.c")
    psq("kill-matrix", "--fault", "late", "--json", str(tmp_path / "out"))
    row = json.loads((tmp_path / "out").read_text())
    assert (row["fault"], row["killed"], row["failed"]) == ("late", True, ["queue.get.c"])


def test_no_faults_is_an_error(psq, paths):
    make_program(paths.build / "bin" / "psq-faulty-driver", "exit 0")
    status, _, err = psq("kill-matrix")
    assert status == 70
    assert "lists no fault" in err


def test_a_fault_of_no_clause_is_an_error(psq, paths):
    faulty(paths, fault("late", "queue.nothing"))
    status, _, err = psq("kill-matrix")
    assert status == 70
    assert "queue.nothing" in err


def test_an_unknown_fault_is_wrong_usage(psq, paths):
    faulty(paths, fault("late"))
    status, _, err = psq("kill-matrix", "--fault", "lat")
    assert status == 64
    assert "Did you mean late?" in err


def test_a_control_that_fails_fails_the_matrix(psq, paths, suite_that):
    faulty(paths, fault("late"))
    suite_that(1, "queue.get.c", control=1)
    code, out, _ = psq("kill-matrix")
    assert code == 1
    assert "without a fault the suite ended with status 1" in out


def test_each_program_is_run_with_its_own_faults_and_control(psq, paths, suite_that, tmp_path):
    faulty(paths, fault("late"))
    suite_that(1, "queue.get.c")
    log = tmp_path / "argv"
    suite = paths.build / "bin" / "psq-conformance"
    suite.write_text(suite.read_text().replace("#!/bin/sh\n", f'#!/bin/sh\necho "$*" >> {log}\n'))
    status, out, _ = psq("kill-matrix")
    assert status == 0, out
    drivers = {
        line.rpartition(" -- ")[2].rpartition("/")[2] for line in log.read_text().splitlines()
    }
    assert {
        "psq-faulty-driver",
        "psq-faulty-driver --fault late",
        "psq-lying-driver --plain",
        "psq-lying-driver --fault lie",
    } <= drivers


def test_one_name_for_two_faults_is_an_error(psq, paths):
    faulty(paths, fault("lie"))
    status, _, err = psq("kill-matrix")
    assert status == 70
    assert "two faults are named lie" in err


def test_clauses_without_a_fault_are_named(psq, paths, suite_that):
    faulty(paths, fault("late", "queue.put.a"))
    suite_that(1, "queue.get.c")
    _, out, _ = psq("kill-matrix")
    assert "2 MUST clauses are broken by no fault" in out
    unbroken = out.rpartition("no fault:")[2].split()
    assert unbroken == ["queue.put.b", "process.d"]
