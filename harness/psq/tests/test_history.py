"""psq check-history on the real checker: verdicts, witnesses, broken files."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import recorded_run
from jsonschema import Draft202012Validator

from psq.reporting.history_findings import describe

SPEC = Path(__file__).resolve().parents[3] / "spec"
HEADER = {"history": 1, "objects": [{"name": "q", "type": "simple_queue"}]}


def put(seq, invoked, returned):
    return {
        "do": "put",
        "on": "q",
        "process": "p",
        "item": {"from": "p", "seq": seq, "size": 9},
        "invoked": invoked,
        "outcome": "ok",
        "returned": returned,
    }


def get(seq, invoked, returned):
    item = {"from": "p", "seq": seq, "size": 9, "intact": True}
    return {
        "do": "get",
        "on": "q",
        "process": "c",
        "invoked": invoked,
        "outcome": "ok",
        "returned": returned,
        "value": {"item": item},
    }


GOOD = [HEADER, put(0, 0, 10), put(1, 20, 30), get(0, 25, 40), get(1, 50, 60), {"complete": True}]
BAD = [HEADER, put(0, 0, 10), put(1, 20, 30), get(1, 31, 40), get(0, 50, 60), get(2, 70, 80)]
CORRUPTED = {
    "do": "get",
    "on": "q",
    "process": "c",
    "invoked": 5,
    "outcome": "corrupted",
    "returned": 9,
}
UNKNOWN = [HEADER, put(0, 0, 10), put(1, 20, 30), CORRUPTED, get(1, 31, 40)]


@pytest.fixture
def judge(built, tmp_path):
    """Runs check-history on lines (or a text) in a file; gives status, output and error output."""

    def run(lines, *argv, piped=False):
        text = (
            lines if isinstance(lines, str) else "".join(json.dumps(line) + "\n" for line in lines)
        )
        file = tmp_path / "run.jsonl"
        file.write_text(text)
        command = [built.build / "psq", "check-history", "-" if piped else file, *argv]
        done = subprocess.run(
            command, input=text if piped else None, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.mark.parametrize("piped", [False, True])
def test_verdicts(judge, piped):
    status, out, err = judge(GOOD, piped=piped)
    assert (status, err) == (0, "")
    assert "holds: 4 operations by 2 processes on 1 object" in out and "checked in" in out
    status, out, _ = judge(BAD[:-1], piped=piped)
    assert status == 1
    assert "simple-queue.order.fifo" in out and "put before item p#1" in out
    status, out, _ = judge(UNKNOWN, piped=piped)
    assert status == 2
    assert "unknown" in out and "corrupted may have taken a value" in out


def test_witness(judge):
    _, out, _ = judge(BAD[:-1])
    assert "shown by 4 operations, which --witness prints" in out
    status, out, _ = judge(BAD[:-1], "--witness")
    assert status == 1
    assert "put q p#0 -> ok" in out and "get q -> p#1" in out


def test_json(judge):
    status, out, _ = judge(BAD, "--json", "-")
    report = json.loads(out)
    assert status == 1
    assert report["verdict"] == "violated" and report["operations"] == 5
    wrong = {each["checker"]: each for each in report["findings"] if each["verdict"] != "holds"}
    assert set(wrong) == {"nothing-invented", "fifo"}
    assert wrong["nothing-invented"]["witness"][0]["operation"]["invoked"] == 70


def test_models(judge):
    queue = [
        {**HEADER, "objects": [{"name": "q", "type": "queue"}]},
        put(0, 0, 10),
        {**put(0, 20, 30), "process": "r", "item": {"from": "r", "seq": 0}},
        {**get(0, 40, 50), "value": {"item": {"from": "r", "seq": 0}}},
        get(0, 60, 70),
    ]
    assert judge(queue)[0] == 0  # a Queue has no order between processes
    assert judge(queue, "--model", "fifo")[0] == 1
    status, _, err = judge(queue, "--model", "fifoo")
    assert status == 64 and "Did you mean fifo?" in err


def test_the_plain_text_of_monitors(judge):
    assert judge("# queue\nenq 1 0 1\nenq 2 2 3\ndeq 1 4 5\n", piped=True)[0] == 0
    assert judge("# queue\nenq 1 0 1\nenq 2 2 3\ndeq 2 4 5\n")[0] == 1
    assert judge("# queue\nenq 1 0 1\nenq 2 2 3\ndeq 2 4 5\ndeq - 4 -\n")[0] == 0


@pytest.mark.parametrize(
    "text, said",
    [
        ("", ":1:1: expected the first line of a history"),
        ("hello\n", ":1:1: expected the first line of a history"),
        (json.dumps(HEADER) + '\n{"do":"put"', ":2:12: expected ',' and another member, or '}'"),
        (json.dumps(HEADER) + '\n\n{"do":"pop"}\n', ":3:7: an operation that the format"),
        ("# queue\nenq one 0 1\n", ":2:5: expected the value"),
    ],
)
def test_broken_files(judge, text, said):
    status, out, err = judge(text)
    assert status == 64 and out == ""
    assert "run.jsonl" + said in err


def test_no_such_file(built):
    done = subprocess.run(
        [built.build / "psq", "check-history", "/no/such/file"],
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 64
    assert "cannot read /no/such/file" in done.stderr


def test_nothing_seen_is_unknown(judge):
    assert judge([HEADER])[0] == 2


def test_a_checker_that_dies_is_no_verdict(psq, paths, tmp_path):
    program = paths.build / "bin" / "psq-history"
    program.write_text("#!/bin/sh\nkill -9 $$\n")
    program.chmod(0o755)
    status, _, err = psq("check-history", str(tmp_path))
    assert status == 70 and "no verdict" in err
    program.write_text('#!/bin/sh\necho \'{"verdict": "holds"}\'\nexit 1\n')
    assert psq("check-history", str(tmp_path))[0] == 70
    program.unlink()
    status, _, err = psq("check-history", str(tmp_path))
    assert status == 70 and "is not built" in err


def test_the_schema_knows_what_the_page_shows():
    validator = Draft202012Validator(
        json.loads((SPEC / "schemas" / "history.schema.json").read_text())
    )
    page = (SPEC / "history-format.md").read_text()
    lines = [json.loads(line) for line in page.split("```")[1].strip().splitlines()]
    assert len(lines) == 6
    for line in [*lines, *GOOD, *BAD, *UNKNOWN]:
        validator.validate(line)
    for wrong in (
        {},
        {"history": 2, "objects": []},
        {**put(0, 1, 2), "outcome": "done"},
        {"do": "put", "on": "q", "process": "p", "invoked": 1},
        {key: value for key, value in put(0, 1, 2).items() if key != "returned"},
    ):
        assert not validator.is_valid(wrong), wrong


def test_the_page_is_read_by_the_checker(judge):
    page = (SPEC / "history-format.md").read_text()
    history, text = page.split("```")[1], page.split("```")[3]
    status, out, err = judge(history.lstrip())
    assert status == 0, out + err
    status, out, err = judge(text.lstrip())
    assert status == 0, out + err


def test_describe():
    assert describe(put(3, 0, 1)) == "put q p#3 -> ok"
    waits = {"do": "get", "on": "q", "process": "c", "invoked": 1, "timeout": 0.2}
    assert describe(waits) == "get q timeout 0.2 -> pending"
    assert describe({**waits, "do": "empty", "outcome": "ok", "value": True}).endswith("-> true")
    failed = {**waits, "outcome": "other", "error": {"type": "OSError", "message": "no room"}}
    assert describe(failed) == "get q timeout 0.2 -> other (OSError: no room)"


def lose_one(lines):
    del lines[next(i for i, line in enumerate(lines) if "value" in line and line["do"] == "get")]


def swap_two(lines):
    """The first and the last item of one producer, by gets that did not overlap."""
    gets = [line for line in lines if line.get("do") == "get" and line.get("outcome") == "ok"]
    mine = [line for line in gets if line["value"]["item"]["from"] == "p1"]
    mine.sort(key=lambda line: line["value"]["item"]["seq"])
    mine[0]["value"], mine[-1]["value"] = mine[-1]["value"], mine[0]["value"]


def invent_one(lines):
    del lines[next(i for i, line in enumerate(lines) if line.get("do") == "put")]


@pytest.mark.parametrize(
    "kind, maxsize, kill",
    [
        ("Queue", 3, False),
        ("SimpleQueue", 0, False),
        ("JoinableQueue", 0, False),
        ("Manager", 0, True),
    ],
)
def test_runs_of_this_interpreter(judge, tmp_path, kind, maxsize, kill):
    """Real processes, one of them killed in its get; then the same recordings with a mistake."""
    folder = tmp_path / "run"
    folder.mkdir()
    recorded = recorded_run.run(kind, folder, maxsize, kill).read_text()
    status, out, err = judge(recorded, "--witness")
    assert status == 0, out + err
    for mutate in (lose_one, swap_two, invent_one):
        if kill and mutate is lose_one:
            continue  # the get in progress may have taken one
        lines = [json.loads(line) for line in recorded.splitlines()]
        mutate(lines)
        status, out, err = judge(lines)
        assert status == 1, (mutate.__name__, out + err)
