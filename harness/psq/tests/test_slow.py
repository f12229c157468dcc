"""psq slow: shares of the tests, runs that are not made again, and what is told."""

import pytest
from conftest import make_program
from psq.law.clause_table import Test
from psq.results.run import Run
from psq.running.slow_runs import Slowness, status_of_all, unusual


@pytest.fixture
def slowed(paths):
    """A launcher that runs its command as it is."""
    body = 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"'
    return make_program(paths.build / "bin" / "psq-slow-driver", body)


def some_tests(count):
    return [Test(f"queue.t{i}", (f"queue.t{i}",), "MUST", "base") for i in range(count)]


def run_of(*verdicts, problems=()):
    tests = {f"t{i}": {"test": f"t{i}", "verdict": each} for i, each in enumerate(verdicts)}
    plan = {"tests": list(tests)}
    return Run(name="slow:1:x", plan=plan, tests=tests, problems=list(problems))


def test_seeds_in_a_row_cover_every_test():
    tests = some_tests(10)
    slowness = Slowness("reference", range(0, 5), tests_each=2)
    shares = [slowness.share(tests, seed) for seed in slowness.seeds]
    assert all(len(share) == 2 for share in shares)
    assert sorted(t.name for share in shares for t in share) == sorted(t.name for t in tests)
    assert slowness.share(tests, 3) == shares[3]


def test_without_a_share_each_seed_runs_all():
    tests = some_tests(3)
    assert Slowness("reference", range(1)).share(tests, 7) == tests
    assert Slowness("reference", range(1), tests_each=5).share(tests, 7) == tests


@pytest.mark.parametrize(
    "verdicts, status",
    [
        (["pass", "unsupported", "expected-fail"], 0),
        (["pass", "deviates"], 0),
        (["pass", "fail"], 1),
        (["pass", "inconclusive"], 0),
        (["pass"] * 900 + ["inconclusive"] * 2, 2),
        (["pass"] * 2000 + ["inconclusive"] * 2, 0),
        (["fail", "driver-error"], 3),
        (["unsupported"], 2),
    ],
)
def test_the_status_of_several_runs(verdicts, status):
    assert status_of_all({1: run_of("unsupported"), 2: run_of(*verdicts)}) == status


def test_a_run_with_a_problem_is_an_internal_error():
    assert status_of_all({1: run_of("pass", problems=["the suite crashed"])}) == 70


def test_what_is_not_usual_is_told_with_its_seed():
    runs = {5: run_of("pass", "fail"), 6: run_of("expected-fail", "unsupported")}
    assert [(each.seed, each.record["test"]) for each in unusual(runs)] == [(5, "t1")]


def test_a_complete_run_is_not_made_again(psq, paths, slowed):
    argv = ("slow", f"{paths.build}/driver", "--seeds", "2", "--test", "queue.put.a")
    status, out, err = psq(*argv)
    assert status == 0, (out, err)
    stored = sorted((paths.results / "slow").rglob("*.jsonl"))
    assert len(stored) == 2
    written = [path.stat().st_mtime_ns for path in stored]
    again = psq(*argv)
    assert again[0] == 0 and [path.stat().st_mtime_ns for path in stored] == written
    assert psq(*argv[:-1], "queue.get.c")[0] == 0
    assert [path.stat().st_mtime_ns for path in stored] != written


def test_a_failure_is_shown_with_its_replay(psq, paths, slowed):
    driver = f"{paths.build}/driver queue.put_a=fail"
    status, out, _ = psq("slow", driver, "--seeds", "1", "--seed", "4", "--test", "queue.put.a")
    assert status == 1
    assert "replay:   psq check 'slow:4:" in out and "--seed 4" in out and "1 fail" in out
