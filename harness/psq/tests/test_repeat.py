"""What could not be decided beside other tests runs once more, alone; what failed never does."""

import json
from xml.etree import ElementTree

import pytest

from psq.results.result_file import load


def judge(psq, paths, *behaviours):
    status, out, _ = psq("check", f"{paths.build / 'driver'} {' '.join(behaviours)} --")
    (path,) = paths.results.iterdir()
    return status, out, path


@pytest.mark.parametrize(
    "verdict, expected", [("pass", 0), ("fail", 1), ("inconclusive", 2), ("unsupported", 0)]
)
def test_the_verdict_on_the_repetition_counts(psq, paths, verdict, expected):
    status, out, path = judge(psq, paths, f"queue.put_a=then-{verdict}")
    assert status == expected, out
    run = load(path)
    record = run.tests["queue.put_a"]
    assert record["verdict"] == verdict
    assert record["earlier"] == {
        "verdict": "inconclusive",
        "message": "said inconclusive",
        "seconds": 0.5,
    }
    assert f"once more: queue.put_a: inconclusive at first (said inconclusive), {verdict}" in out
    assert run.end["ran"] == run.end["planned"] == 4
    assert run.end["inconclusive"] == (verdict == "inconclusive")


def test_both_are_in_the_file_in_their_order(psq, paths):
    _, _, path = judge(psq, paths, "queue.put_a=then-pass")
    records = [json.loads(line) for line in path.read_text().splitlines()]
    verdicts = [r["verdict"] for r in records if r.get("test") == "queue.put_a"]
    assert verdicts == ["inconclusive", "pass"]
    assert records[-2]["test"] == "queue.put_a", "it runs after all others"


def test_a_failure_is_never_repeated(psq, paths):
    status, out, path = judge(psq, paths, "queue.put_a=fail", "queue.put_b=then-pass")
    assert status == 1
    tests = [json.loads(line).get("test") for line in path.read_text().splitlines()]
    assert tests.count("queue.put_a") == 1 and tests.count("queue.put_b") == 2
    assert "once more: queue.put_a" not in out


@pytest.mark.parametrize("behaviour", ["crash", "silent"])
def test_a_repetition_that_goes_wrong_is_no_pass(psq, paths, behaviour):
    status, out, _ = judge(psq, paths, f"queue.put_a=then-{behaviour}")
    assert status == 70, out


def test_every_report_tells_of_the_first_time(psq, paths, tmp_path):
    _, _, path = judge(psq, paths, "queue.put_a=then-pass")
    files = {kind: tmp_path / kind for kind in ("html", "markdown", "junit", "json")}
    options = [word for kind, file in files.items() for word in (f"--{kind}", str(file))]
    status, _, _ = psq("report", str(path), *options)
    assert status == 0
    for kind in ("html", "markdown"):
        assert "once more: queue.put_a: inconclusive at first" in files[kind].read_text()
    assert len(json.loads(files["json"].read_text())["runs"][0]["repeated"]) == 1
    case = ElementTree.parse(files["junit"]).find(".//testcase[@name='queue.put_a']")
    assert case.find("error") is None
    assert "said inconclusive" in case.find("system-out").text
