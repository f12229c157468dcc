"""psq mutants as a whole: a mutant that a test kills, one that nothing can tell, and what is kept of both."""

import json
import os

import pytest
from conftest import make_program
from psq import cli
from psq.base.status import UsageError
from psq.mutants.records import File, Record
from psq.mutants.rulings import Rulings
from psq.mutants.summary import figures, table, unruled


def record(mutant, outcome="survived", **fields):
    return Record(mutant, "s1", outcome, "a -> b", "code a", **fields)


def ruling(name="equivalent", **fields):
    row = {"file": "queues.py", "code": "code a", "operator": "drop", "change": "a -> b"}
    return {**row, "ruling": name, "why": "because", **fields}


def rulings_of(tmp_path, *rows):
    (tmp_path / "rulings.json").write_text(json.dumps(rows))
    return Rulings(tmp_path / "rulings.json")


def test_records_are_kept_and_go_on(tmp_path):
    path = tmp_path / "r.jsonl"
    File(path, "s1").add(record("queues.py:1:1 drop"))
    File(path, "s1").add(record("queues.py:1:1 drop", "killed"))
    assert [each.outcome for each in File(path, "s1").records.values()] == ["killed"]
    assert File(path, "s2").records == {}, "those of other sources say nothing"


@pytest.mark.parametrize("text", ["{}", "x", json.dumps({**vars(record("m")), "outcome": "well"})])
def test_another_file_is_refused(tmp_path, text):
    (tmp_path / "r.jsonl").write_text(text + "\n")
    with pytest.raises(UsageError):
        File(tmp_path / "r.jsonl", "s1")


def test_a_ruling_belongs_to_a_line_whatever_its_number(tmp_path):
    rulings = rulings_of(tmp_path, ruling())
    assert rulings.of(record("queues.py:7:9 drop")) is not None
    assert rulings.of(record("queues.py:7:9 negate")) is None
    assert rulings.of(record("process.py:7:9 drop")) is None


@pytest.mark.parametrize("row", [{"ruling": "fine"}, {"why": ""}, {"more": 1}])
def test_a_ruling_needs_its_kind_and_a_reason(tmp_path, row):
    with pytest.raises(UsageError):
        rulings_of(tmp_path, {**ruling(), **row})


def test_figures_count_holes_and_no_others(tmp_path):
    killed = [record(f"queues.py:{line}:1 drop", "killed") for line in range(3)]
    records = [
        *killed,
        record("queues.py:9:1 drop"),
        record("synchronize.py:9:1 drop", "unreached"),
        record("process.py:9:1 drop", "sometimes"),
        record("process.py:8:1 drop", "stillborn"),
    ]
    rulings = rulings_of(tmp_path, ruling(), ruling("missed", file="process.py"))
    assert [each.mutant for each in unruled(records, rulings)] == [
        "synchronize.py:9:1 drop",
        "process.py:9:1 drop",
    ]
    said = figures(records, rulings)
    assert "found: 3 of 5 that the suite should find, 60.0 of 100" in said
    assert "1 equivalent, 0 outside the law, 1 missed, 1 without a ruling" in said
    assert table(records, rulings).count("\n") == 4


@pytest.mark.parametrize(
    "argv, said",
    [
        (["./driver x"], "name reference, cpython"),
        (["cpython", "--ledger", "none", "--only", "no.py*"], "no mutant matches"),
        (["cpython", "--ledger", "none", "--file", "no.py"], "no file of"),
        (["reference", "--file", "no.cc"], "no source of"),
        (["cpython", "--ledger", "none", "--test", "no.such", "--list"], "no clause"),
    ],
)
def test_wrong_usage(psq, paths, argv, said):
    make_program(paths.build / "bin" / "psq-reference-driver", "exit 0")
    argv = [str(paths.build / each[2:]) if each.startswith("./") else each for each in argv]
    status, _, err = psq("mutants", *argv)
    assert status == 64 and said in err, err


def test_a_sample_is_the_same_each_time_and_shards_share_it(psq):
    def listed(*argv):
        status, out, _ = psq("mutants", "cpython", "--ledger", "none", "--list", *argv)
        assert status == 0
        return out.splitlines()

    sample = listed("--sample", "20", "--seed", "3")
    assert len(sample) == 20 and sample == listed("--sample", "20", "--seed", "3")
    assert sample != listed("--sample", "20", "--seed", "4")
    shares = [listed("--sample", "20", "--seed", "3", "--shard", f"{i}/3") for i in (1, 2, 3)]
    assert sorted(sum(shares, [])) == sorted(sample)
    assert set(sample) < set(listed())


@pytest.fixture
def mutants(built, tmp_path, capsys):
    """Runs the command on the real build tree; gives its status, output and results by mutant."""

    def run(*argv):
        results = tmp_path / "results.jsonl"
        status = cli.main(["mutants", *argv, "--results", str(results)], built)
        rows = results.read_text().splitlines() if results.exists() else []
        return (
            status,
            capsys.readouterr().out,
            {json.loads(row)["mutant"]: json.loads(row) for row in rows},
        )

    def name_of(*argv, text):
        """The one mutant whose line in the list has this text; numbers of lines come and go."""
        assert cli.main(["mutants", *argv, "--list"], built) == 0
        lines = [line for line in capsys.readouterr().out.splitlines() if text in line]
        assert len(lines) == 1, lines
        return lines[0].split("  ")[0]

    run.name_of = name_of
    return run


def test_python_end_to_end(mutants):
    subject = ["cpython", "--file", "queues.py", "--test", "queue.exit.flushes"]
    # Nothing is ever sent.
    deadly = mutants.name_of(*subject, text=" drop  Queue._feed  send_bytes(obj) -> pass")
    # What stands for the number of an error that has none: 1 is no broken pipe either.
    harmless = mutants.name_of(*subject, text=" constant  Queue._feed  0 -> 1")
    status, out, rows = mutants(*subject, "--only", deadly, "--only", harmless)
    assert rows[deadly]["outcome"] == "killed", out
    assert rows[deadly]["clause"] == "queue.exit.flushes"
    assert rows[harmless]["outcome"] in ("survived", "unreached"), out
    assert "1 killed" in out
    again = mutants(*subject, "--only", deadly, "--only", harmless)
    assert again[0] == status and again[2] == rows and "running" not in again[1]


@pytest.mark.skipif(
    "PSQ_LONG_TESTS" not in os.environ, reason="compiles for two minutes: ci/test --all"
)
def test_reference_end_to_end(mutants):
    subject = ["reference", "--file", "src/queue.cc", "--test", "queue.create.too-large-refused"]
    # Every size is accepted.
    deadly = mutants.name_of(*subject, text=" and-or  ")
    # The test asks for more than the largest.
    harmless = mutants.name_of(*subject, text=" compare    <= -> <")
    _, out, rows = mutants(*subject, "--only", deadly, "--only", harmless)
    assert rows[deadly]["outcome"] == "killed", out
    assert rows[harmless]["outcome"] == "survived", out
