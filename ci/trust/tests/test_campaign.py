"""The command: it resumes, ends what it started, and puts programs where a load wants them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import campaign
import loads
from conftest import TRUST
from plan import Planned
from psq.base.status import InternalError
from runs import Bench, make_tree
from store import Store

QUICK = "queue.put.full-after-timeout"


def command(build, state, *more):
    return ["--build", str(build), "--state", str(state), "--test", QUICK, *more]


def test_a_finished_run_is_not_done_again(build, tmp_path, capsys):
    options = command(build, tmp_path, "--only", "reference", "--load", "idle")
    assert campaign.main([*options, "--runs", "1"]) == 0
    assert "[1/1] reference.idle.0" in capsys.readouterr().out
    assert campaign.main([*options, "--runs", "2"]) == 0
    out = capsys.readouterr().out
    assert "[2/2] reference.idle.1" in out and "reference.idle.0" not in out.partition("##")[0]
    assert "2 of 2 planned runs" in out


def test_the_table_shows_other_commits_apart(build, tmp_path, stored, store, capsys):
    stored("pass", commit="older")
    stored("pass", "pass", commit="newer")
    assert (
        campaign.main(["--build", str(build), "--state", str(tmp_path / "state"), "--table"]) == 0
    )
    out = capsys.readouterr().out
    assert out.startswith("# Campaign") and "| stress | 4 computing processes a processor |" in out
    assert out.index("## Commit `newer`") < out.index("## Commit `older`")


def test_fresh_drops_what_there_was(build, tmp_path, stored, store):
    stored("pass", commit="older")
    options = command(build, tmp_path / "state", "--only", "reference", "--load", "idle")
    assert campaign.main([*options, "--runs", "1", "--fresh"]) == 0
    assert "older" not in store.commits()


def test_a_budget_that_is_used_up_starts_nothing(build, tmp_path, capsys):
    options = command(build, tmp_path, "--only", "reference", "--budget", "0.001")
    assert campaign.main(options) == 2
    assert "0 of" in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize(
    "wrong", [["--load", "heavy"], ["--runs", "none"], ["--only", "no-such"], ["--nothing"]]
)
def test_wrong_usage(build, tmp_path, wrong):
    assert campaign.main(command(build, tmp_path, *wrong)) == 64


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_campaign_ends_its_processes_and_goes_on(build, tmp_path, number):
    options = ["--build", str(build), "--state", str(tmp_path), "--only", "reference"]
    options += ["--load", "stress", "--runs", "1"]
    argv = [sys.executable, "-B", str(TRUST / "campaign.py"), *options]
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        wait_for(lambda: any(tmp_path.glob("work/*/results.jsonl")))
        started = descendants(process.pid)
        assert any(name == "stress-ng" for name in started.values())
        process.send_signal(number)
        _, error = process.communicate(timeout=300)
    finally:
        process.kill()
    assert process.returncode == 130 and "interrupted" in error
    wait_for(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in started))
    assert not Store(tmp_path).commits()


def test_a_load_whose_process_ends_is_an_error(tmp_path, monkeypatch, load_named):
    monkeypatch.setattr(loads.Load, "commands", lambda *_: [["/bin/sh", "-c", "echo no; exit 1"]])
    with pytest.raises(InternalError, match="has ended: no"):
        with loads.applied(load_named("stress"), tmp_path):
            pass


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="needs two processors")
@pytest.mark.parametrize("load, starved", [("starved-suite", 0), ("starved-driver", 1)])
def test_a_starved_program_has_one_processor(tmp_path, load_named, load, starved):
    first, *rest = sorted(os.sched_getaffinity(0))
    expected = [{*rest}, {*rest}]
    expected[starved] = {first}
    assert [affinity for affinity, _ in placed(tmp_path, load_named(load))] == expected


def test_niceness_reaches_suite_and_driver(tmp_path, load_named):
    assert [niceness for _, niceness in placed(tmp_path, load_named("nice"))] == [19, 19]


@pytest.mark.skipif(
    not os.access("/proc/self/autogroup", os.W_OK),
    reason="this kernel does not share the processors among sessions",
)
@pytest.mark.parametrize("leads, niceness", [(True, "19"), (False, "0")])
def test_a_session_becomes_nice_by_its_leader_alone(load_named, leads, niceness):
    report = "print(open('/proc/self/autogroup').read())"
    command = [*load_named("nice").run_at.prefix(), sys.executable, "-c", report]
    if not leads:
        command = ["/bin/sh", "-c", '"$@"; exit', "sh", *command]
    said = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, start_new_session=True
    )
    assert said.stdout.split()[-1] == niceness


def test_a_slow_driver_has_the_seed_of_its_run(build, tmp_path, load_named):
    planned = Planned("reference", "slow-driver", 3)
    make_tree(
        Bench(build, Store(tmp_path / "state"), "c1"),
        load_named("slow-driver"),
        planned,
        tmp_path / "tree",
    )
    text = (tmp_path / "tree" / "bin" / "psq-conformance").read_text()
    assert f"{build.resolve()}/bin/psq-slow-driver --seed {planned.seed('c1')} --" in text


def placed(folder, load):
    """Processors and niceness of a suite, and of the driver that it starts."""
    report = "import os; print(sorted(os.sched_getaffinity(0)), os.nice(0), sep=';', flush=True)"
    build = folder / "build"
    suite = build / "bin" / "psq-conformance"
    suite.parent.mkdir(parents=True)
    start = "import sys; os.execvp(sys.argv[2], sys.argv[2:])"
    suite.write_text(f"#!{sys.executable}\n{report}\n{start}\n")
    suite.chmod(0o755)
    planned = Planned("reference", load.name, 0)
    tree = folder / "tree"
    make_tree(Bench(build, Store(folder / "state"), "c1"), load, planned, tree)
    argv = [str(tree / "bin" / "psq-conformance"), "--", sys.executable, "-c", report]
    lines = subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=True).stdout
    found = [line.split(";") for line in lines.splitlines()]
    return [(set(map(int, cpus.strip("[]").split(","))), int(nice)) for cpus, nice in found]


def descendants(pid):
    """Ids and names of the processes below this one."""
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        try:
            found[child] = Path(f"/proc/{child}/comm").read_text().strip()
            found.update(descendants(child))
        except OSError:
            pass  # it has ended meanwhile
    return found


def wait_for(ready, seconds=300):
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.02)
