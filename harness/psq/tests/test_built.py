"""The command of a real build tree, with the real suite: what the README promises of bad input."""

import subprocess
import sys

import pytest


def psq(built, *argv):
    command = [built.build / "psq", *argv]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return answer.returncode, answer.stdout + answer.stderr


@pytest.mark.parametrize(
    "driver, said",
    [
        ("python3 -c pass", "did not say hello"),
        (f"{sys.executable} -c 'raise SystemExit(9)'", "did not say hello"),
        ("/no/such/driver", "no driver at that path"),
    ],
)
def test_a_driver_that_is_none(built, driver, said):
    status, said_all = psq(built, "check", driver, "--test", "queue.put.*")
    assert status == 3, said_all
    assert said in said_all


def test_a_filter_that_matches_nothing(built):
    status, said = psq(built, "check", "reference", "--test", "nothing.like.it")
    assert status == 64
    assert "nothing.like.it" in said


def test_nothing_of_the_command_leaks_into_drivers(built, tmp_path):
    driver = tmp_path / "driver.py"
    seen = tmp_path / "seen"
    found = "os.environ.get('PYTHONPATH', '-')"
    driver.write_text(f"import os; open({str(seen)!r}, 'w').write({found})")
    psq(built, "check", f"{sys.executable} {driver}", "--test", "queue.put.full-at-once")
    assert seen.read_text() == "-"


def test_one_clause_of_the_reference(built):
    selection = ("--test", "queue.put.full-at-once", "--seed", "7")
    status, said = psq(built, "check", "reference", *selection)
    assert status == 0, said
    assert "1 of 1 tests ran (1 pass)" in said
