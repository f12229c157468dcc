"""Soaks and the kill matrix on the workers of a real cluster: one dies, others have another tree."""

from __future__ import annotations

import json
import os
import socket
import sys

import pytest

from local_cluster import are_gone, meanwhile, needs_distributed, record_of, wait_for
from psq.running import cluster as module

needs_distributed()


def test_a_worker_that_dies_loses_nothing(soak, cluster, gate, built):
    cluster.ensure(2)

    def kill_one():
        wait_for(lambda: len(cluster.suites()) == 2, "each worker has a share")
        worker, below = next(iter(cluster.suites().items()))
        worker.kill()
        worker.wait()
        wait_for(lambda: are_gone(below), "what it started ends with it")

    with meanwhile(gate, kill_one):
        status, out, there = soak(gate.driver, "--programs", "6")
    for number in (1, 2):
        assert out.count(f"share {number} of 2: status ") == 1, out
    failures = check_failures(there, out, built)
    # The gate is open: the same soak here.
    local_status, out, here = soak(gate.driver, "--programs", "6", here=True)
    assert status == local_status == 1, out
    for kind in ("plan", "implementation", "end"):
        assert {**record_of(there, kind), "pid": 0} == {**record_of(here, kind), "pid": 0}
    assert record_of(there, "progress")["seen"]["programs"] == 6
    # The fault shows in most of these programs, each time; in the same ones, unless the machine is too slow.
    assert failures and check_failures(here, out, built)


def check_failures(records, out, built):
    """The seeds that failed; of each the evidence is here."""
    failures = [each for each in records if each["record"] == "failure"]
    for failure in failures:
        evidence = failure["evidence"]
        assert evidence.startswith(str(built.evidence)) and f"evidence: {evidence}" in out
        names = {"history.jsonl", "program.txt", "driver.log", "timeline.html"}
        assert names <= set(os.listdir(evidence))
    seeds = [each["seed"] for each in failures]
    assert seeds == sorted(set(seeds)) and set(seeds) <= set(range(1, 7))
    return seeds


def test_the_kill_matrix_says_what_it_says_here(psq, cluster, tmp_path):
    cluster.ensure(2)
    argv = ["kill-matrix", "--own", "--fault", "put-full-early", "--fault", "get-empty-early"]
    rows = {}
    for name, more in (("here", []), ("there", ["--scheduler", cluster.address])):
        status, out, err = psq(*argv, *more, "--json", str(tmp_path / name))
        assert status == 0, out + err
        assert "2 of 2 faults found at their clause" in out
        lines = map(json.loads, (tmp_path / name).read_text().splitlines())
        rows[name] = [{**row, "seconds": None} for row in lines]
    assert rows["here"] == rows["there"] and len(rows["here"]) == 2


def test_a_worker_with_another_tree(soak, cluster, built, tmp_path):
    cluster.ensure(1)
    places = {"version": "0.0.1", "installed": False, "programs": [str(built.suite.parent)]}
    (tmp_path / "psq-places.json").write_text(json.dumps(places))
    main = built.source / "harness" / "psq" / "__main__.py"
    (tmp_path / "psq").write_text(f'#!/bin/sh\nexec {sys.executable} -I {main} {tmp_path} "$@"\n')
    (tmp_path / "psq").chmod(0o755)
    cluster.name_tree(str(tmp_path))
    status, out, records = soak("reference", "--programs", "1")
    cluster.name_tree("")
    assert (status, records) == (64, []), out
    assert f"version 0.0.1, not {built.version}" in out and "check out that commit" in out


def test_a_worker_without_a_tree(soak, cluster, tmp_path):
    cluster.ensure(1)
    status, out, _ = soak("reference", "--programs", "1", "--tree", str(tmp_path / "none"))
    assert status == 64, out
    assert f"it has no psq (looked for {tmp_path}/none/psq" in out and "PSQ_TREE" in out


@pytest.mark.parametrize("listens", [False, True])
def test_no_scheduler_answers(psq, monkeypatch, listens):
    monkeypatch.setattr(module, "_CONNECT_SECONDS", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        if listens:
            taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        status, _, err = psq("soak", "reference", "--scheduler", address)
    assert status == 70, err
    assert f"no Dask scheduler answers at {address} within 1 s" in err
