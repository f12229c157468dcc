"""psq check against a suite that crashes, hangs, forgets tests or reports a wrong status: none is green."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from psq.results.result_file import load
from psq.running import runner

from conftest import HERE


def driver(paths, *behaviours):
    return f"{paths.build / 'driver'} {' '.join(behaviours)} --"


def only_results(paths):
    (path,) = paths.results.iterdir()
    return path


def test_everything_passes(psq, paths):
    status, out, _ = psq("check", driver(paths))
    assert status == 0, out
    assert "conforms: 4 of 4 tests ran (4 pass)" in out.splitlines()[-1]
    run = load(only_results(paths))
    assert (run.end["planned"], run.end["ran"], run.plan["clause_digest"]) == (4, 4, "d1")


@pytest.mark.parametrize(
    "verdict, expected",
    [
        ("fail", 1),
        ("unexpected-pass", 1),
        ("inconclusive", 2),
        ("driver-error", 3),
        ("internal-error", 70),
        ("unsupported", 0),
        ("expected-fail", 0),
    ],
)
def test_one_verdict_among_passes(psq, paths, verdict, expected):
    status, out, _ = psq("check", driver(paths, f"queue.put_a={verdict}"))
    assert status == expected, out
    assert load(only_results(paths)).end["status"] == expected


@pytest.mark.parametrize(
    "behaviour, said",
    [
        ("crash", "was killed by SIGABRT and left no verdict"),
        ("silent", "left no verdict"),
        ("garbage", "cannot be read"),
        ("twice", "a second verdict"),
        ("wrong-status", "ended with status 1, but its verdict is pass"),
    ],
)
def test_a_suite_that_goes_wrong_is_an_internal_error_with_a_name(psq, paths, behaviour, said):
    status, out, _ = psq("check", driver(paths, f"queue.put_b={behaviour}"))
    assert status == 70, out
    assert said in out
    assert "queue.put_b" in out


def test_a_suite_that_hangs_is_ended(psq, paths, monkeypatch):
    monkeypatch.setattr(runner, "_STUCK_SECONDS", 0.5)
    status, out, _ = psq("check", driver(paths, "queue.put_b=hang"))
    assert status == 70
    assert "was stuck" in out


def test_a_broken_driver_leads_to_driver_check(psq, paths):
    _, out, _ = psq("check", driver(paths, "queue.put_a=driver-error"))
    command = f"'{driver(paths, 'queue.put_a=driver-error')}'"
    assert f"\ndriver:   psq driver-check --explain {command}  # " in out
    assert "driver-check" not in psq("check", driver(paths, "queue.put_a=fail"))[1]


def test_a_driver_that_fails_each_time_is_given_up(psq, paths):
    every = [f"{name}=driver-error" for name in ("queue.put_a", "queue.put_b", "queue.get_c")]
    status, out, _ = psq("check", driver(paths, *every), "--jobs", "1")
    assert status == 3
    assert "3 of 4 tests ran" in out


def test_only_skips_are_not_green(psq, paths):
    status, out, _ = psq("check", driver(paths, "process.d=unsupported"), "--test", "process.d")
    assert status == 2
    assert "nothing was verified" in out


def test_a_filtered_run_leaves_the_whole_ones_results(psq, paths):
    psq("check", driver(paths))
    whole = only_results(paths).read_text()
    assert psq("check", driver(paths), "--test", "queue.put.*")[0] == 0
    names = sorted(paths.results.iterdir(), key=lambda path: len(path.name))
    assert names[0].read_text() == whole
    assert names[1].name.endswith(".filtered.jsonl")
    assert load(names[1]).planned == ["queue.put_a", "queue.put_b"]


def test_the_results_file_is_the_one_named(psq, paths, tmp_path):
    path = tmp_path / "mine" / "r.jsonl"
    assert psq("check", driver(paths), "--results", str(path))[0] == 0
    assert len(load(path).tests) == 4


def test_a_profile_selects(psq, paths):
    status, out, _ = psq("check", driver(paths), "--profile", "lifecycle")
    assert status == 0
    assert "1 of 1 tests ran" in out


def test_thorough_tests_are_run_when_asked_for_and_named_when_not(psq, paths):
    status, out, _ = psq("check", driver(paths))
    assert status == 0 and out.endswith("tests ran (4 pass); without 1 thorough test\n")
    assert "thorough tests, not run: queue.put.a/long\n" in out
    status, out, _ = psq("check", driver(paths), "--thorough")
    assert status == 0 and out.endswith("5 of 5 tests ran (5 pass); 1 thorough test among them\n")
    assert "thorough tests, run: queue.put.a/long\n" in out
    plan = load(only_results(paths)).plan
    assert plan["thorough"] == {"planned": ["queue.put.a/long"], "left_out": []}


def test_a_thorough_test_is_run_by_its_own_name_and_by_no_glob(psq, paths):
    _, out, _ = psq("check", driver(paths), "--test", "queue.put.a/long")
    assert "1 of 1 tests ran" in out
    _, out, _ = psq("check", driver(paths), "--test", "queue.put.a*")
    assert "2 of 2 tests ran" in out and "without 1 thorough test" in out
    status, _, err = psq("check", driver(paths), "--test", "queue.put.a/*")
    assert status == 64 and "add --thorough" in err


def test_the_suite_is_not_built(psq, paths):
    paths.build.joinpath("bin", "psq-conformance").unlink()
    status, _, err = psq("check", driver(paths))
    assert status == 70
    assert "cmake --build" in err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_says_so_and_leaves_nobody(paths, number):
    command = [
        sys.executable,
        "-I",
        str(HERE.parent),
        str(paths.build),
        "check",
        driver(paths, "queue.put_b=hang"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        wait_for(
            lambda: any(paths.results.glob("*.jsonl"))
            and '"queue.put_a"' in only_results(paths).read_text().partition("\n")[2]
        )
        children = children_of(process.pid)
        process.send_signal(number)
        out, _ = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130
    assert re.search(r"interrupted: no verdict: ([123]) of 4 tests ran \(\1 pass\)", out), out
    run = load(only_results(paths))
    assert run.end["status"] == run.status() == 130 and "queue.put_b" in run.missing
    wait_for(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in children))


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return file.read().split()


def wait_for(ready, seconds=30):
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def ledger(tmp_path, content):
    path = tmp_path / "ledger.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def entries(*listed):
    return {"implementation": "misbehaving", "entries": list(listed)}


@pytest.mark.parametrize(
    "content, said",
    [
        ("no json", "is no ledger"),
        ({"entries": []}, "'implementation'"),
        ({"implementation": "m", "entries": [{"clause": "queue.put.a"}]}, "reason"),
        (entries({"clause": "queue.put.a", "reason": ""}), "gives no reason"),
        (entries({"clause": "queue.put.aa", "reason": "r"}), "Did you mean queue.put.a"),
        ({**entries(), "entires": []}, "unknown key 'entires'. Did you mean entries?"),
        (
            entries({"clause": "queue.put.a", "reason": "r", "start_method": ["fork"]}),
            "the entry for queue.put.a has the unknown key 'start_method'. Did you mean start_methods?",
        ),
    ],
)
def test_a_bad_ledger_is_refused(psq, paths, tmp_path, content, said):
    status, _, err = psq("check", driver(paths), "--ledger", ledger(tmp_path, content))
    assert status == 64
    assert said in err


def test_compare_has_a_row_for_every_clause(psq, paths, tmp_path):
    report = tmp_path / "report.html"
    one, other = driver(paths), driver(paths, "queue.put_a=fail")
    status, out, _ = psq("compare", one, other, "--html", str(report))
    assert status == 1
    for clause in ("queue.put.a", "queue.put.b", "queue.get.c", "process.d", "limits.e"):
        assert clause in out and clause in report.read_text()
    assert "difference with no ruling: queue.put.a" in out
    stored = [str(path) for path in paths.results.iterdir()]
    assert psq("compare", "--from", *stored)[0] == 1
