"""What else can die, on a real cluster: the command, the scheduler, every worker that takes a share."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

from local_cluster import are_gone, meanwhile, needs_distributed, record_of, wait_for
from psq.running import cluster as module

needs_distributed()


def test_a_share_that_no_worker_survives(soak, cluster, gate):
    cluster.ensure(2)
    before = cluster.allow_failures(0)

    def kill_one():
        wait_for(lambda: len(cluster.suites()) == 2, "each worker has a share")
        worker = next(iter(cluster.suites()))
        worker.kill()
        worker.wait()
        # The other share goes on once the scheduler has given this one up.
        cluster.await_workers(len([each for each in cluster.workers if each.poll() is None]))

    try:
        with meanwhile(gate, kill_one):
            status, out, records = soak(gate.driver, "--programs", "6", "--shards", "2")
    finally:
        cluster.allow_failures(before)
    assert status == 70, out
    lost, kept = (1, 2) if "share 2 of 2: status" in out else (2, 1)
    assert f"share {kept} of 2: status" in out
    assert (
        "1 of 2 shares ended" in out and f"share {lost} of 2: each worker that ran it died" in out
    )
    assert record_of(records, "progress")["seen"]["programs"] == 3
    assert not [each for each in records if each["record"] == "end"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_what_the_workers_run(soak, cluster, gate, number):
    cluster.ensure(2)
    started = {}

    def interrupt():
        wait_for(lambda: len(cluster.suites()) == 2, "each worker has a share")
        for below in cluster.suites().values():
            started.update(below)
        os.kill(os.getpid(), number)
        wait_for(lambda: are_gone(started), "no process is left on the workers")

    with meanwhile(gate, interrupt):
        status, out, records = soak(gate.driver, "--shards", "2")
    assert (status, records) == (130, []), out
    assert started and all(each.poll() is None for each in cluster.workers)


def test_a_kill_of_the_command_ends_what_the_workers_run(cluster, gate, built, tmp_path):
    cluster.ensure(1)
    argv = ["soak", gate.driver, "--scheduler", cluster.address]
    argv += ["--results", str(tmp_path / "soak.jsonl"), "--patience", "20"]
    with subprocess.Popen([built.build / "psq", *argv], stdout=subprocess.DEVNULL) as command:
        try:
            wait_for(cluster.suites, "the worker has the share")
            started = next(iter(cluster.suites().values()))
        finally:
            command.kill()
    wait_for(lambda: are_gone(started), "no process is left on the worker")


def test_generated_programs_find_a_fault_there(psq, cluster):
    cluster.ensure(2)
    argv = ["kill-matrix", "--histories", "--fault", "simple-overtakes"]
    status, out, err = psq(*argv, "--scheduler", cluster.address)
    assert status == 0, out + err
    assert "1 of 1 faults found by generated programs" in out


def test_a_scheduler_without_workers(soak, cluster, monkeypatch):
    cluster.kill_workers()
    monkeypatch.setattr(module, "_SAY_AFTER_SECONDS", 0.0)
    monkeypatch.setattr(module, "_GIVE_UP_AFTER_SECONDS", 2.0)
    status, out, _ = soak("reference")
    assert status == 70
    assert f"{cluster.address} has no worker: start one with dask worker" in out.replace("-", " ")
    assert "has no worker for 2 s" in out


def test_a_scheduler_that_goes_away(soak, cluster, gate):
    cluster.ensure(1)
    started = {}

    def kill_scheduler():
        wait_for(cluster.suites, "the worker has the share")
        started.update(next(iter(cluster.suites().values())))
        cluster.scheduler.kill()
        cluster.scheduler.wait()
        wait_for(lambda: are_gone(started), "no process is left")

    with meanwhile(gate, kill_scheduler):
        status, out, _ = soak(gate.driver)
    assert status == 70, out
    assert f"the scheduler {cluster.address} has gone" in out
