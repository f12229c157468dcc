"""A campaign on the workers of a real cluster, one of which dies while it makes a run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
TRUST = HERE.parents[1]
ROOT = TRUST.parents[1]
sys.path[:0] = [str(TRUST), str(ROOT / "harness"), str(ROOT / "harness/psq/tests/cluster")]

from local_cluster import Gate, LocalCluster, are_gone, meanwhile, needs_distributed  # noqa: E402
from local_cluster import wait_for  # noqa: E402

needs_distributed()

import campaign  # noqa: E402
from plan import Planned  # noqa: E402
from store import Store  # noqa: E402

from psq.running.tree import commit_of  # noqa: E402

QUICK = "queue.put.full-after-timeout"


@pytest.fixture
def cluster(tmp_path):
    folder = tmp_path / "cluster"
    folder.mkdir()
    made = LocalCluster(folder)
    yield made
    made.end()


def test_a_worker_that_dies_loses_no_run(cluster, tmp_path, capsys):
    build = Path(os.environ["PSQ_BUILD_DIR"])
    gate = Gate(tmp_path, build / "bin" / "psq-reference-driver")
    state = tmp_path / "state"
    options = ["--build", str(build), "--state", str(state), "--only", gate.driver]
    options += ["--load", "idle", "--runs", "2", "--test", QUICK, "--jobs", "1"]
    cluster.ensure(2)

    def kill_one():
        wait_for(lambda: len(cluster.suites()) == 2, "each worker has a run")
        worker, below = next(iter(cluster.suites().items()))
        worker.kill()
        worker.wait()
        wait_for(lambda: are_gone(below), "what it started ends with it")

    with meanwhile(gate, kill_one):
        status = campaign.main([*options, "--scheduler", cluster.address])
    out, err = capsys.readouterr()
    assert status == 0, out + err
    assert "2 of 2 planned runs" in out
    commit = commit_of()
    planned = [Planned(gate.driver, "idle", index, (QUICK,)) for index in range(2)]
    runs = Store(state).finished(commit, (QUICK,))
    assert [each.planned for each in runs] == planned
    for each in runs:
        # The seed that the run would have here.
        assert each.seed == each.planned.seed(commit) == each.run.plan["seed"]
        assert {test["verdict"] for test in each.run.tests.values()} == {"pass"}
        assert f"{each.planned.id}: status 0 after" in out
    assert not list((state / "work").glob("*"))
    # They are finished for a campaign here, too.
    assert campaign.main(options) == 0
    assert "2 of them finished" in capsys.readouterr().out
