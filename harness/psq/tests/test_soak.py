"""psq soak and psq timeline: options, pictures, and real runs against drivers right and wrong."""

from __future__ import annotations

import argparse
import json
import re
import subprocess

import pytest

from psq import cli
from psq.base import options

HEADER = {"history": 1, "objects": [{"name": "q", "type": "queue"}]}
PUT = {
    "do": "put",
    "on": "q",
    "process": "p",
    "item": {"from": "p", "seq": 0, "size": 9},
    "invoked": 1000,
    "outcome": "ok",
    "returned": 3000,
}
FAILED = {**PUT, "outcome": "other", "error": "OSError: no room", "invoked": 5000, "returned": 6000}
PENDING = {"do": "get", "on": "q", "process": "c<1>", "thread": "b", "invoked": 2000}


def write(path, lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.mark.parametrize("text, seconds", [("90", 90), ("90s", 90), ("1.5h", 5400), ("10m", 600)])
def test_durations(text, seconds):
    assert options.duration(text) == seconds


@pytest.mark.parametrize("text", ["", "0", "m", "10 m", "-1s", "1d", "1e9h"])
def test_what_is_no_duration(text):
    with pytest.raises(argparse.ArgumentTypeError, match="such as 90s"):
        options.duration(text)


def test_shares():
    assert options.shard("2/8") == (2, 8)
    for text in ("0/8", "9/8", "1", "1/", "a/b"):
        with pytest.raises(argparse.ArgumentTypeError, match="such as 2/8"):
            options.shard(text)


def test_a_timeline_has_a_lane_a_thread_and_a_bar_an_operation(psq, tmp_path):
    history = write(tmp_path / "history.jsonl", [HEADER, PUT, PENDING, FAILED, {"complete": True}])
    (tmp_path / "witness.txt").write_text("1\n")
    assert psq("timeline", str(history), "-o", str(tmp_path / "page.html"))[0] == 0
    page = (tmp_path / "page.html").read_text()
    assert page.count("<rect") == 3
    assert "put q p#0 -&gt; other (OSError: no room) at 5 us" in page
    assert "p/main put q p#0 -&gt; ok at 1 us, took 2 us" in page
    assert "c&lt;1&gt;/b" in page and "<1>" not in page
    assert re.findall(r'class="(\w+) marked"', page) == ["pending"]
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize(
    "text, complaint",
    [
        ("", "holds no operation"),
        ("{", ":1 is no line of a history"),
        ('{"do":"put","on":"q"}', "needs 'process'"),
    ],
)
def test_a_timeline_of_something_else(psq, tmp_path, text, complaint):
    (tmp_path / "h.jsonl").write_text(text)
    status, _, err = psq("timeline", str(tmp_path / "h.jsonl"))
    assert (status, complaint in err) == (64, True), err


def test_a_witness_that_is_none(psq, tmp_path):
    history = write(tmp_path / "h.jsonl", [HEADER, PUT])
    (tmp_path / "w").write_text("first")
    assert psq("timeline", str(history), "--mark", str(tmp_path / "w"))[0] == 64
    assert psq("timeline", str(history), "--mark", str(tmp_path / "none"))[0] == 64


def run(built, capsys, *argv):
    status = cli.main(list(argv), built)
    return status, capsys.readouterr().out


def test_soak_finds_nothing_in_the_reference(built, capsys, tmp_path):
    results = tmp_path / "soak.jsonl"
    options = ["--budget", "4m", "--programs", "15", "--results", str(results)]
    status, out = run(built, capsys, "soak", "reference", *options)
    assert status == 0, out
    assert re.search(r"no program failed: \d+ programs, \d+ operations, \d+ pairs", out)
    assert json.loads(results.read_text().splitlines()[-1])["status"] == 0


def test_soak_keeps_what_it_finds(built, capsys, tmp_path):
    results = str(tmp_path / "soak.jsonl")
    faulty = ["soak", "faulty:simple-overtakes", "--shrink-for", "1s", "--results", results]
    faulty += ["--budget", "4m"]
    status, out = run(built, capsys, *faulty, "--programs", "8", "--seed", "1")
    assert status == 1, out
    folder = built.evidence / re.search(r"evidence: .*?([^/]+/seed-\d+)$", out, re.M)[1]
    names = {
        "driver.log",
        "hello.json",
        "history.jsonl",
        "program.txt",
        "timeline.html",
        "witness.txt",
    }
    assert names <= {path.name for path in folder.iterdir()}
    assert run(built, capsys, "check-history", str(folder / "history.jsonl"))[0] == 1
    seed = re.search(r"replay +\S*psq soak faulty:simple-overtakes --seed (\d+) --programs 1", out)[
        1
    ]
    again = run(built, capsys, *faulty, "--seed", seed, "--programs", "1")
    assert again[0] in (0, 1), again[1]  # what failed once need not fail again


def test_a_test_that_searches_runs_so_many_programs(built, tmp_path):
    results = tmp_path / "results.jsonl"
    argv = [built.suite, "--exactly", "simple-queue.order.fifo/programs", "--programs", "5"]
    argv += ["--budget", "0.1", "--results", results, "--", built.program("psq-reference-driver")]
    assert subprocess.run(argv, capture_output=True, timeout=300).returncode in (0, 2)
    records = map(json.loads, results.read_text().splitlines())
    assert next(r["seen"]["programs"] for r in records if r["record"] == "test") == 5


def test_programs_that_never_call_what_the_test_is_about_decide_nothing(built, tmp_path):
    results = tmp_path / "results.jsonl"
    argv = [built.suite, "--exactly", "joinable-queue.join.waits-for-tasks/programs"]
    argv += ["--programs", "3", "--seed", "85", "--results", results]  # this seed draws no join
    argv += ["--", built.program("psq-reference-driver")]
    assert subprocess.run(argv, capture_output=True, timeout=300).returncode == 2
    records = map(json.loads, results.read_text().splitlines())
    said = next(r["message"] for r in records if r["record"] == "test")
    assert "none of 3 programs called joinable_queue.join" in said


def test_soak_of_a_driver_that_is_none(built, capsys, tmp_path):
    assert (
        run(
            built,
            capsys,
            "soak",
            "/bin/true",
            "--budget",
            "2s",
            "--results",
            str(tmp_path / "r.jsonl"),
        )[0]
        == 3
    )


def test_stops_find_a_writer_that_waits_with_a_lock(built, tmp_path):
    results = tmp_path / "soak.jsonl"
    argv = [built.suite, "--soak", "--stops", "--programs", "1", "--budget", "60"]
    argv += ["--hang-after", "0.5", "--shrink-for", "0", "--results", results]
    driver = ["--", built.program("psq-faulty-driver"), "--fault", "waiting-writer-locks"]
    # On a busy machine a process may be seen waiting too late to be stopped.
    for seed in (47, 48) * 15:
        found = subprocess.run(
            [*argv, "--seed", str(seed), *driver], capture_output=True, timeout=120
        )
        if found.returncode == 1:
            break
    assert found.returncode == 1, found.stdout
    records = [json.loads(line) for line in results.read_text().splitlines()]
    clauses = {r["clause"] for r in records if r["record"] == "failure"}
    assert clauses == {"failure.robust.stop-delays-none"}
