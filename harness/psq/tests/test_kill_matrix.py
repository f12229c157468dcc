"""psq kill-matrix: a fault counts as found only at its clause, by a failure, in time."""

import json

import pytest

from conftest import make_program


def faulty(places, *faults):
    listed = "\n".join(json.dumps(fault) for fault in faults)
    make_program(places.build / "bin" / "psq-faulty-driver", f"cat <<'END'\n{listed}\nEND")


def fault(name, clause="queue.get.c"):
    return {"name": name, "clause": clause, "breaks": "something"}


@pytest.fixture
def suite_that(places):
    """Makes the suite end with a status after it wrote a failure at a clause."""

    def make(status, clause, control=0):
        real = places.build / "bin" / "psq-conformance"
        record = json.dumps({"record": "test", "test": "t", "verdict": "fail", "clause": clause})
        real.rename(real.with_name("wayward"))
        make_program(real, f'''case $1 in --list|--clauses) exec "$(dirname "$0")/wayward" "$1";; esac
case "$*" in *--fault*) ;; *) exit {control};; esac
while [ "$1" != --results ]; do shift; done
echo '{record}' > "$2"
exit {status}''')

    return make


def test_a_fault_is_killed_at_its_clause(psq, places, suite_that):
    faulty(places, fault("late"))
    suite_that(1, "queue.get.c")
    status, out, _ = psq("kill-matrix")
    assert status == 0, out
    assert "1 of 1 faults found" in out


@pytest.mark.parametrize(
    "status, clause, said",
    [(0, "queue.get.c", "status 0"), (2, "queue.get.c", "status 2"),
     (3, "queue.get.c", "status 3"), (70, "queue.get.c", "status 70"),
     (1, "queue.put.a", "failed at queue.put.a instead")],
)
def test_a_fault_survives(psq, places, suite_that, status, clause, said):
    faulty(places, fault("late"))
    suite_that(status, clause)
    code, out, _ = psq("kill-matrix")
    assert code == 1
    assert said in out and "SURVIVES" in out


def test_no_faults_is_an_error(psq, places):
    make_program(places.build / "bin" / "psq-faulty-driver", "exit 0")
    status, _, err = psq("kill-matrix")
    assert status == 70
    assert "lists no fault" in err


def test_a_fault_of_no_clause_is_an_error(psq, places):
    faulty(places, fault("late", "queue.nothing"))
    status, _, err = psq("kill-matrix")
    assert status == 70
    assert "queue.nothing" in err


def test_an_unknown_fault_is_wrong_usage(psq, places):
    faulty(places, fault("late"))
    status, _, err = psq("kill-matrix", "--fault", "lat")
    assert status == 64
    assert "Did you mean late?" in err


def test_a_control_that_fails_fails_the_matrix(psq, places, suite_that):
    faulty(places, fault("late"))
    suite_that(1, "queue.get.c", control=1)
    code, out, _ = psq("kill-matrix")
    assert code == 1
    assert "without a fault the suite ended with status 1" in out
