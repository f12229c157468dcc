"""psq report, in all of its forms."""

import json
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest


@pytest.fixture
def stored(psq, paths):
    psq("check", f"{paths.build / 'driver'} queue.put_a=fail --")
    return [str(path) for path in paths.results.iterdir()]


def test_every_form_tells_the_same(psq, stored, tmp_path):
    files = {kind: tmp_path / kind for kind in ("html", "markdown", "junit", "json")}
    options = [word for kind, path in files.items() for word in (f"--{kind}", str(path))]
    status, _, _ = psq("report", *stored, *options)
    assert status == 1
    facts = json.loads(files["json"].read_text())
    assert facts["runs"][0]["counts"]["fail"] == 1
    assert [clause["id"] for clause in facts["clauses"]][0] == "queue.put.a"
    assert ElementTree.parse(files["junit"]).find(".//failure") is not None
    for kind in ("html", "markdown"):
        text = files[kind].read_text()
        assert "does not conform" in text and "FAIL  queue.put.a" in text and "limits.e" in text


def test_the_page_holds_everything_that_it_needs(psq, stored, tmp_path):
    psq("report", *stored, "--html", str(tmp_path / "r.html"))
    text = (tmp_path / "r.html").read_text()
    assert text.count("<script") == text.count("<script>") == 1  # its own, which it holds
    assert "src=" not in text and "<link" not in text and "url(" not in text


def test_a_run_that_was_cut_short_still_has_a_report(psq, stored, tmp_path):
    lines = open(stored[0], encoding="utf-8").readlines()
    cut = tmp_path / "cut.jsonl"
    cut.write_text("".join(lines[:3]))
    status, out, _ = psq("report", str(cut), "--junit", "-")
    assert status == 70
    suite = ElementTree.fromstring(out).find("testsuite")
    assert int(suite.get("errors")) >= 3


def test_every_form_tells_what_the_driver_itself_takes(psq, paths, tmp_path):
    status, out, _ = psq("check", f"{paths.build / 'driver'} measure=ok --")
    sentence = "a round trip takes 150 us; making and checking an item of 64 MiB 21 ms and 34 ms"
    assert status == 0 and sentence in out
    (stored,) = paths.results.iterdir()
    for kind in ("html", "markdown"):
        psq("report", str(stored), f"--{kind}", str(tmp_path / kind))
        assert sentence in (tmp_path / kind).read_text()


def test_a_measurement_that_cannot_be_read_is_a_problem(psq, paths):
    status, out, _ = psq("check", f"{paths.build / 'driver'} measure=broken --")
    assert status == 70 and "the measurement of the driver cannot be read" in out


def report_with_evidence(psq, stored, tmp_path, evidence):
    """The page of results that name this folder of evidence."""
    records = [json.loads(line) for line in Path(stored[0]).read_text().splitlines()]
    for each in records:
        if each.get("verdict") == "fail":
            each["evidence"] = evidence
    named = tmp_path / "named.jsonl"
    named.write_text("".join(json.dumps(each) + "\n" for each in records))
    status, _, err = psq("report", str(named), "--html", str(tmp_path / "r.html"))
    assert status == 1, err
    return (tmp_path / "r.html").read_text()


@pytest.mark.parametrize(
    "name", ["gone", "9" * 5000, "a\0b", "/dev/null"], ids=["gone", "long", "null", "file"]
)
def test_evidence_that_is_no_folder_is_not_there(psq, stored, tmp_path, name):
    assert "FAIL  queue.put.a" in report_with_evidence(psq, stored, tmp_path, name)


def test_a_folder_that_cannot_be_evidence_is_not_walked_through(psq, stored, tmp_path):
    begin = time.monotonic()
    report_with_evidence(psq, stored, tmp_path, "/")
    assert time.monotonic() - begin < 60
