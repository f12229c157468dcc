"""Units on their way to another machine and back, and what --scheduler refuses before it asks a scheduler."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from psq.base.paths import Paths
from psq.base.status import InternalError
from psq.running import remote
from psq.running.shards import merge, programs_of
from psq.running.tree import differences
from psq.running.units import Limit, Unit

TREE = {"version": "1", "commit": "a", "law": "d"}


def tree(folder):
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "psq-conformance").touch()
    return Paths(build=folder, source=folder / "source")


def unit(folder, *argv, limit=Limit()):
    folder.mkdir(exist_ok=True)
    return Unit("it", "share 1 of 2", list(argv), folder, limit)


def test_a_request_finds_its_paths_in_another_tree(tmp_path):
    here, there = tree(tmp_path / "here"), tree(tmp_path / "there")
    sent = unit(
        tmp_path / "work",
        str(here.suite),
        str(tmp_path / "work" / "results.jsonl"),
        str(here.build),
        str(here.source / "a" / "b.py"),
        "/usr/bin/python3",
        "{source}/x y",
        limit=Limit(7, "results.jsonl"),
    )
    line = remote.encode_request(sent, here, TREE)
    found, wanted = remote.decode_request(line, there, tmp_path / "elsewhere")
    assert found.argv == [
        str(there.suite),
        str(tmp_path / "elsewhere" / "results.jsonl"),
        str(there.build),
        str(there.source / "a" / "b.py"),
        "/usr/bin/python3",
        "{source}/x y",
    ]
    assert (found.name, found.limit, wanted) == (sent.name, sent.limit, TREE)
    endless = remote.encode_request(unit(tmp_path / "work"), here, TREE)
    assert remote.decode_request(endless, there, tmp_path)[0].limit == Limit()


def test_an_answer_brings_the_files(tmp_path):
    there = unit(tmp_path / "there")
    there.status, there.seconds, there.stuck = 1, 2.5, True
    (there.folder / "seed-1").mkdir()
    (there.folder / "seed-1" / "wire").write_bytes(b"\0\n" + str(there.folder).encode())
    (there.folder / "results.jsonl").write_text(f'{{"evidence": "{there.folder}/seed-1"}}\n')
    there.log.write_text("x" * 100_000 + "the end")
    here = unit(tmp_path / "here")
    assert remote.keep_answer(remote.encode_answer(there), here) == ""
    assert (here.status, here.seconds, here.stuck) == (1, 2.5, True) and here.host
    wire = here.folder / "seed-1" / "wire"
    assert wire.read_bytes() == (there.folder / "seed-1" / "wire").read_bytes()
    evidence = json.loads((here.folder / "results.jsonl").read_text())["evidence"]
    assert evidence == str(here.folder / "seed-1")
    assert here.log_tail(7) == "the end" and here.log.stat().st_size == 1 << 16


def test_an_answer_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(remote, "MOST_BYTES", 1000)
    there = unit(tmp_path / "there")
    there.status = 0
    (there.folder / "deep").mkdir()
    (there.folder / "deep" / "small").write_bytes(b"s" * 100)
    (there.folder / "deep" / "large").write_bytes(b"l" * 500)
    (there.folder / "results.jsonl").write_bytes(b"r" * 600)
    here = unit(tmp_path / "here")
    remote.keep_answer(remote.encode_answer(there), here)
    assert sorted(path.name for path in here.folder.rglob("*") if path.is_file()) == [
        "log",
        "results.jsonl",
        "small",
    ]
    assert "deep/large stayed on" in here.log_tail()


def head(**more):
    record = {"status": 0, "seconds": 1, "stuck": False, "host": "h", "folder": "/f"}
    return json.dumps({**record, "files": [], "left_out": [], **more}).encode() + b"\n"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]\n",
        b"{}\n",
        head(files=[["../x", 1]]) + b"x",
        head(files=[["/tmp/x", 1]]) + b"x",
        head(files=[["x", 2]]) + b"x",
        head(files=["x"]),
        head() + b"more",
        head(status=None),
    ],
)
def test_what_is_no_answer(tmp_path, answer):
    here = unit(tmp_path / "here")
    with pytest.raises(InternalError, match="share 1 of 2: a worker's answer cannot be read"):
        remote.keep_answer(answer, here)
    assert here.status is None and not list(tmp_path.rglob("x"))


def test_a_refusal(tmp_path):
    here = unit(tmp_path / "here")
    assert remote.keep_answer(remote.refusal("no"), here) == "no"


@pytest.mark.parametrize("line", [b"", b"{}", b'{"argv": 7}', b"\xff"])
def test_what_is_no_request(psq, monkeypatch, line):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(line + b"\n")))
    status, _, err = psq("worker-task")
    assert status == 70 and "this is no request of psq" in err


def test_trees_that_differ():
    assert differences(TREE, dict(TREE)) == ""
    assert differences(TREE, {**TREE, "commit": "b"}) == "commit b, not a"
    assert differences(TREE, {}).count("unknown, not") == 3


@pytest.mark.parametrize("programs, of", [(9, 3), (10, 3), (11, 3), (3, 3), (5, 1)])
def test_shares_have_the_programs_together(programs, of):
    seeds = [n + of * i for n in range(1, of + 1) for i in range(programs_of(programs, n, of))]
    assert sorted(seeds) == list(range(1, programs + 1))
    assert programs_of(None, 1, of) is None


def results(path, *records):
    path.write_text("".join(json.dumps(each) + "\n" for each in records))
    return path


def test_the_results_of_shares_are_those_of_one_soak(tmp_path):
    plan = {"record": "plan", "mode": "soak", "seed": 1, "shards": 2}
    first = results(
        tmp_path / "1",
        {**plan, "shard": 1},
        {"record": "implementation", "implementation": "i"},
        {"record": "progress", "seen": {"programs": 1}, "failures": 0},
        {"record": "progress", "seen": {"programs": 3, "kills": 1}, "failures": 1},
        {"record": "failure", "seed": 5},
        {"record": "end", "status": 1},
    )
    second = results(
        tmp_path / "2",
        {**plan, "shard": 2},
        {"record": "progress", "seen": {"programs": 4}, "failures": 1},
        {"record": "failure", "seed": 2},
        {"record": "end", "status": 2},
    )
    target = tmp_path / "all"
    merge([first, second], target, whole=True)
    found = [json.loads(line) for line in target.read_text().splitlines()]
    assert [each["record"] for each in found] == [
        "plan",
        "implementation",
        "progress",
        "failure",
        "failure",
        "end",
    ]
    assert found[0] == {**plan, "shard": 1, "shards": 1}
    assert found[2] == {"record": "progress", "seen": {"programs": 7, "kills": 1}, "failures": 2}
    assert [each["seed"] for each in found[3:5]] == [2, 5]
    assert found[5]["status"] == 1
    merge([first, second], target, whole=False)
    assert '"end"' not in target.read_text()
    merge([], tmp_path / "none", whole=True)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    "argv, said",
    [
        (["soak", "reference", "--scheduler", "head"], "no address of a scheduler"),
        (["soak", "reference", "--scheduler", "tcp://head:0"], "no address"),
        (["soak", "reference", "--scheduler", "tcp://head:99999"], "no address"),
        (["kill-matrix", "--scheduler", "http://head:8786"], "no address"),
        (["kill-matrix", "--scheduler", "a b:8786"], "no address"),
        (["kill-matrix", "--scheduler", ""], "no address"),
        (["kill-matrix", "--tree", "/x"], "--tree goes with --scheduler"),
        (["kill-matrix", "--jobs", "2", "--scheduler", "h:1"], "--jobs goes without"),
        (["soak", "reference", "--shards", "2"], "--shards goes with --scheduler"),
        (["soak", "reference", "--shard", "1/2", "--scheduler", "h:1"], "--shard goes without"),
    ],
)
def test_wrong_usage(psq, argv, said):
    status, _, err = psq(*argv)
    assert status == 64, err
    assert said in err


def test_without_the_package_it_says_which(psq, monkeypatch, paths):
    from test_kill_matrix import faulty
    from conftest import fault_row

    faulty(paths, fault_row("late"))
    faulty(paths, fault_row("other"), program="psq-faulty-python-driver")
    monkeypatch.setitem(sys.modules, "distributed", None)
    status, _, err = psq("kill-matrix", "--scheduler", "tcp://head:8786")
    assert status == 64
    assert "--scheduler needs Debian's python3-distributed" in err


def test_dask_is_loaded_for_a_cluster_alone():
    asked = "import psq.commands.soak, psq.commands.kill_matrix, sys; print('dask' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    answer = subprocess.run(
        [sys.executable, "-c", asked], cwd=root, capture_output=True, text=True, check=True
    )
    assert answer.stdout == "False\n"
