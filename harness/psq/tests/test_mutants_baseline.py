"""What the unchanged sources do with each test is measured once, and goes on where a run was ended."""

import json
from pathlib import Path

import pytest
from conftest import make_program
from psq.base.status import InternalError
from psq.law.clause_table import Test
from psq.mutants import baseline
from psq.mutants.running import How
from psq.mutants.subject import Variant

SUITE = """
log=$(dirname "$0")/runs
while [ $# -gt 0 ]; do
  case $1 in
    --exactly) test=$2 ;;
    --results) results=$2 ;;
  esac
  shift
done
echo "$test" >> "$log"
case $test in
  *.doubtful) verdict=inconclusive ;;
  *) verdict=pass ;;
esac
echo "{\\"record\\":\\"test\\",\\"test\\":\\"$test\\",\\"verdict\\":\\"$verdict\\"}" > "$results"
"""


class Subject:
    slug = "subject"
    sources = {"queues.py": b"pass"}

    def watched(self, folder):
        return None

    def build(self, folder, change):
        return [Variant("fork", ("driver",)), Variant("spawn", ("driver",))]


@pytest.fixture
def measured(tmp_path):
    """Measures the tests of these names; gives what was found, and which tests were run, by start method
    or not."""

    def measure(*names, profile="base"):
        runs = tmp_path / "runs"
        runs.unlink(missing_ok=True)
        tests = [Test(name, (name,), "MUST", profile) for name in names]
        how = How(make_program(tmp_path / "suite", SUITE), 1, 1.0, 3.0)
        found = baseline.measure(Subject(), tests, how, [], 1, tmp_path / "kept", lambda text: None)
        return found, runs.read_text().split() if runs.exists() else []

    measure.file = lambda: next(Path(tmp_path / "kept").iterdir())
    return measure


def test_a_test_is_measured_once(measured):
    assert measured("queue.put.a")[1] == ["queue.put.a"]
    found, runs = measured("queue.put.a", "queue.put.b")
    assert runs == ["queue.put.b"]
    assert set(found.of["fork"]) == {"queue.put.a", "queue.put.b"}
    found, runs = measured("queue.put.b")
    assert runs == [] and set(found.of["fork"]) == {"queue.put.b"}, "what was not asked for is left"


def test_one_that_was_doubtful_is_run_again_alone(measured):
    names = ("queue.put.a", "queue.put.doubtful")
    assert measured(*names)[1] == [*names, "queue.put.doubtful"]
    assert measured(*names)[1] == ["queue.put.doubtful"] * 2
    with pytest.raises(InternalError):
        measured("queue.put.doubtful")


def test_what_a_run_was_ended_in_is_measured_again(measured):
    measured("queue.put.a")
    with measured.file().open("a", encoding="utf-8") as file:
        file.write('\n{"variant": "fork", "test": "queue.put.b", "verdict": "pa')
    assert measured("queue.put.a", "queue.put.b")[1] == ["queue.put.b"]
    assert measured("queue.put.a", "queue.put.b")[1] == []
    assert all(json.loads(line) for line in measured.file().read_text().splitlines()[-1:])


def test_what_start_methods_decide_is_measured_under_each(measured):
    assert measured("process.objects.a", profile="lifecycle")[1] == ["process.objects.a"] * 2
    assert measured("pipe.send-connection.a")[1] == ["pipe.send-connection.a"] * 2
    assert measured("queue.put.a")[1] == ["queue.put.a"]
