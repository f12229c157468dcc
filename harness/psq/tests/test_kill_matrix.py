"""psq kill-matrix: a fault counts as found only at its clause, by a failure, in time."""

import json

import pytest

from conftest import fault_row as fault
from conftest import make_program
from psq.kill_matrix import scenarios


def faulty(paths, *faults, program="psq-faulty-driver"):
    listed = "\n".join(json.dumps(fault) for fault in faults)
    make_program(paths.build / "bin" / program, f"cat <<'END'\n{listed}\nEND")


@pytest.fixture(autouse=True)
def another_program_with_a_fault(paths):
    faulty(paths, fault("other", control=["--plain"]), program="psq-faulty-python-driver")


@pytest.fixture
def suite_that(paths):
    """Makes the suite end with a status after it wrote a failure at a clause."""

    def make(status, clause, control=0, others=()):
        real = paths.build / "bin" / "psq-conformance"
        record = "\n".join(
            json.dumps({"record": "test", "test": each, "verdict": "fail", "clause": each})
            for each in (clause, *others)
        )
        real.rename(real.with_name("misbehaving"))
        make_program(
            real,
            f"""case $1 in --list|--clauses) exec "$(dirname "$0")/misbehaving" "$@";; esac
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


def test_a_suite_is_stuck_when_no_test_ends(psq, paths, suite_that, monkeypatch):
    monkeypatch.setattr(scenarios, "_LIMIT_SECONDS", 2.0)
    faulty(paths, fault("late"))
    suite_that(1, "queue.get.c")
    suite = paths.build / "bin" / "psq-conformance"
    whole = suite.read_text()
    suite.write_text(
        whole.replace("exit 1", 'for i in 1 2 3 4 5; do sleep 1; echo >> "$2"; done\nexit 1')
    )
    status, out, _ = psq("kill-matrix", "--fault", "late")
    assert status == 0, out
    suite.write_text(whole.replace("exit 1", "sleep 60; exit 1"))
    status, out, _ = psq("kill-matrix", "--fault", "late")
    assert status == 1
    assert "survives: late: no test ended within 2 s" in out


@pytest.mark.parametrize(
    "first, second, status, said",
    [
        ("inconclusive", "fail", 0, "1 of 1 faults"),
        (
            "inconclusive",
            "inconclusive",
            1,
            "survives: late: the suite ended with status 2, not 1: t",
        ),
        ("inconclusive", "pass", 1, "survives: late: the suite ended with status 0, not 1"),
        ("pass", "fail", 1, "survives: late: the suite ended with status 0, not 1"),
    ],
)
def test_what_is_inconclusive_runs_once_more(psq, paths, first, second, status, said):
    faulty(paths, fault("late"))
    suite = paths.build / "bin" / "psq-conformance"
    suite.rename(suite.with_name("misbehaving"))
    exits = {"pass": 0, "fail": 1, "inconclusive": 2}
    record = '{"record": "test", "test": "t", "clause": "queue.get.c", "verdict": "%s"}'
    make_program(
        suite,
        f"""case $1 in --list|--clauses) exec "$(dirname "$0")/misbehaving" "$@";; esac
case "$*" in *--fault*) ;; *) exit 0;; esac
while [ "$1" != --results ]; do shift; done
if [ -e "$2" ]
then echo '{record % second}' >> "$2"; exit {exits[second]}
else echo '{record % first}' >> "$2"; exit {exits[first]}
fi""",
    )
    code, out, _ = psq("kill-matrix", "--fault", "late")
    assert code == status, out
    assert said in out


def test_each_driver_is_measured_once(psq, paths):
    faulty(paths, fault("late"), fault("later"))
    real = paths.build / "bin" / "psq-conformance"
    real.rename(real.with_name("misbehaving"))
    make_program(
        real,
        """case $1 in --list|--clauses) exec "$(dirname "$0")/misbehaving" "$@";; esac
echo "$*" >> "$0.calls"
while [ "$1" != --results ]; do shift; done
echo '{"record": "driver", "round_trip_us": 7, "items": []}' > "$2"
""",
    )
    psq("kill-matrix")
    calls = real.with_name("psq-conformance.calls").read_text().splitlines()
    measuring = [call for call in calls if "--measure" in call]
    assert sorted(call.partition(" -- ")[2].split("/")[-1] for call in measuring) == [
        "psq-faulty-driver",
        "psq-faulty-python-driver --plain",
    ]
    judging = [call for call in calls if call not in measuring]
    assert len(judging) == 5  # two controls, three faults
    assert all("--driver-times 7 " in call for call in judging)


def test_another_failure_must_be_on_the_list(psq, paths, suite_that):
    later = fault("later", "queue.put.a", also=["queue.put.*"])
    faulty(paths, fault("late", "queue.put.a"), later)
    suite_that(1, "queue.put.a", others=["queue.put.b"])
    code, out, _ = psq("kill-matrix", "--fault", "late*")
    assert code == 1
    assert "survives: late: failed also at queue.put.b" in out
    assert "faults/some.cc:7" in out
    assert "survives: later" not in out
    assert psq("kill-matrix", "--fault", "late", "--whole")[0] == 0
    assert psq("kill-matrix", "--own", "--whole")[0] == 64


def test_a_row_without_a_field_is_an_error(psq, paths):
    row = fault("late")
    del row["also"]
    faulty(paths, row)
    status, _, err = psq("kill-matrix")
    assert status == 70
    assert "without also" in err


def histories(paths, verdict, clause):
    """Makes the suite give this verdict on generated programs; returns where it notes its arguments."""
    log = paths.build / "argv"
    record = {"record": "test", "verdict": verdict, "clause": clause, "seconds": 1, "message": "m"}
    make_program(
        paths.build / "bin" / "psq-conformance",
        f'echo "$*" >> {log}\n'
        'while [ "$1" != --results ]; do shift; done\n'
        f"echo '{json.dumps(record)}' > \"$2\"",
    )
    return log


SEARCH = {"test": "queue.some/programs", "clauses": ["queue.put.a", "queue.get.c"], "programs": 50}


def test_generated_programs_find_a_fault_at_any_of_its_clauses(psq, paths):
    faulty(paths, fault("late"), fault("rare-late", search=SEARCH))
    log = histories(paths, "fail", "queue.put.a")
    status, out, _ = psq("kill-matrix", "--histories")
    assert status == 0, out
    assert "1 of 1 faults found by generated programs" in out
    assert "--exactly queue.some/programs" in log.read_text() and "--programs 50" in log.read_text()


@pytest.mark.parametrize("verdict, clause", [("pass", "queue.put.a"), ("fail", "queue.put.b")])
def test_generated_programs_miss_a_fault(psq, paths, verdict, clause):
    faulty(paths, fault("rare-late", search=SEARCH))
    histories(paths, verdict, clause)
    status, out, _ = psq("kill-matrix", "--histories")
    assert status == 1
    assert f"survives: rare-late: seed 1: {verdict} {clause}" in out


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
    runs = [line.rpartition(" -- ") for line in log.read_text().splitlines()]
    drivers = {driver.rpartition("/")[2] for _, _, driver in runs}
    for options, _, driver in runs:
        has_ledger = "ledgers/cpython.json" in options
        judges = "--measure" not in options
        assert has_ledger == (judges and "psq-faulty-python-driver" in driver), options
    assert {
        "psq-faulty-driver",
        "psq-faulty-driver --fault late",
        "psq-faulty-python-driver --plain",
        "psq-faulty-python-driver --fault other",
    } <= drivers


def test_one_name_for_two_faults_is_an_error(psq, paths):
    faulty(paths, fault("other"))
    status, _, err = psq("kill-matrix")
    assert status == 70
    assert "two faults are named other" in err


def test_clauses_without_a_fault_are_named(psq, paths, suite_that):
    faulty(paths, fault("late", "queue.put.a"))
    suite_that(1, "queue.get.c")
    _, out, _ = psq("kill-matrix")
    assert "2 MUST clauses are broken by no fault" in out
    unbroken = out.rpartition("no fault:")[2].split()
    assert unbroken == ["queue.put.b", "process.d"]
