"""psq certificate: made of whole runs alone, always the same, and nothing in it can be changed unnoticed."""

import json
import re
from xml.etree import ElementTree

import jsonschema
import pytest

from psq.base.paths import SCHEMAS
from psq.base.status import UsageError
from psq.law.clause_table import Law
from psq.reporting.badge import badge
from psq.results import certificate, result_file

ABOUT = {
    "psq": "1.2.3",
    "patience": 1.0,
    "ledger": "i.json",
    "platform": {"system": "Linux", "release": "6.1", "machine": "x86_64", "processors": 2},
}
PLAN = {
    **{"record": "plan", "name": "n", "driver": ["d"], "tests": ["q.a", "q.b"], "seed": 7},
    **{"clause_digest": "d1", "selection": [], "about": ABOUT},
    "thorough": {"planned": [], "left_out": ["q.c"]},
}
HELLO = {
    **{"record": "implementation", "implementation": "i", "version": "3", "language": "c"},
    **{"start_method": "fork", "profiles": ["base"]},
}
SEEN = {"programs": 20, "operations": 500, "overlapping": 70}
A = {"record": "test", "test": "q.a", "clauses": ["q.a"], "verdict": "pass", "seen": SEEN}
B = {"record": "test", "test": "q.b", "clauses": ["q.b", "q.a"], "verdict": "expected-fail"}
END = {"record": "end", "problems": []}
LAW = Law({})


@pytest.fixture
def store(tmp_path):
    def write(*records):
        path = tmp_path / "run.jsonl"
        path.write_text("".join(json.dumps(each) + "\n" for each in records))
        return path

    return write


def made(path):
    return certificate.make(result_file.load(path), LAW)


def test_a_certificate_says_what_the_run_showed(store):
    content = made(store(PLAN, HELLO, A, {**B, "clause": "q.b"}, END))
    schema = json.loads((SCHEMAS / "certificate.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(content)
    assert (content["verdict"], content["status"], content["psq"]) == ("conforms", 0, "1.2.3")
    tests = content["tests"]
    assert (tests["planned"], tests["ran"], tests["thorough"]) == (2, 2, False)
    assert tests["thorough_left_out"] == 1 and tests["verdicts"] == {"expected-fail": 1, "pass": 1}
    assert content["clauses"]["known_failures"] == ["q.b"]
    assert content["driver"] == {"name": "n", "command": ["d"], "ledger": "i.json"}
    assert content["evidence"]["operations"] == 500 and content["seed"] == 7
    assert content == made(store(PLAN, HELLO, A, {**B, "clause": "q.b"}, END))


@pytest.mark.parametrize("verdict, status", [("fail", 1), ("inconclusive", 2), ("deviates", 0)])
def test_the_verdict_is_that_of_the_run(store, verdict, status):
    content = made(store(PLAN, HELLO, A, {**B, "verdict": verdict, "clause": "q.b"}, END))
    assert content["status"] == status
    assert content["clauses"]["not_kept"] == (["q.b"] if verdict == "fail" else [])


@pytest.mark.parametrize(
    "records, said",
    [
        ([{**PLAN, "selection": ["--test q.*"]}, HELLO, A, B, END], "filtered run.*--test q"),
        ([PLAN, HELLO, A, END], "1 tests did not run"),
        ([PLAN, HELLO, A, B], "cut short"),
        ([PLAN, HELLO, A, B, {**END, "interrupted": True}], "interrupted"),
        ([PLAN, HELLO, A, {**B, "verdict": "driver-error"}, END], "driver is broken"),
        ([PLAN, A, B, END], "no verdict"),
        ([{**PLAN, "about": None}, HELLO, A, B, END], "older psq"),
        ([{**PLAN, "about": {**ABOUT, "patience": "long"}}, HELLO, A, B, END], "patience"),
        ([{**PLAN, "seed": None}, HELLO, A, B, END], "seed"),
        ([PLAN, {**HELLO, "profiles": None}, A, B, END], "lacks what it needs"),
        ([PLAN, HELLO, {**A, "seen": {"programs": "many"}}, B, END], "seen of a record test"),
    ],
)
def test_runs_that_get_none(store, records, said):
    with pytest.raises(UsageError, match=said):
        made(store(*records))


def leaves(content, path=()):
    """The path of every value that is no object."""
    for key, value in content.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key)


def test_no_value_can_be_changed_unnoticed(store, tmp_path):
    content = made(store(PLAN, HELLO, A, B, END))
    file = tmp_path / "c.json"
    file.write_text(certificate.text_of(content))
    assert certificate.load(file) == content
    paths = list(leaves(content))
    assert len(paths) > 30
    for path in paths:
        changed = json.loads(certificate.text_of(content))
        inner = changed
        for key in path[:-1]:
            inner = inner[key]
        value = inner[path[-1]]
        inner[path[-1]] = _other(value)
        file.write_text(certificate.text_of(changed))
        with pytest.raises(UsageError):
            certificate.load(file)


def _other(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    if isinstance(value, str):
        return value[:-1] + ("0" if value[-1:] != "0" else "1")
    return [*value, "more"] if isinstance(value, list) else "more"


@pytest.mark.parametrize("text", ["", "[]", "{}", "NaN", "[" * 50_000, '"\\ud800"', "\x00"])
def test_what_is_no_certificate(tmp_path, text):
    (tmp_path / "c.json").write_text(text)
    with pytest.raises(UsageError, match="is no certificate"):
        certificate.load(tmp_path / "c.json")


@pytest.mark.parametrize(
    "status, verdict, not_kept, message",
    [
        (0, "conforms", [], "conforms"),
        (1, "does not conform", ["q.a", "q.b"], "does not conform: 2 not kept"),
        (2, "inconclusive", [], "inconclusive"),
    ],
)
def test_a_badge_is_xml_and_says_the_verdict(store, status, verdict, not_kept, message):
    content = made(store(PLAN, HELLO, A, {**B, "verdict": "pass"}, END))
    content.update(status=status, verdict=verdict)
    content["clauses"]["not_kept"] = not_kept
    content["implementation"]["name"] = 'a<b>&"\x1b'
    picture = ElementTree.fromstring(badge(content))
    texts = [each.text for each in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["psq 1.2.3", message]
    assert 'a<b>&"\ufffd 3 (fork)' in picture.get("aria-label")
    assert "http" not in badge(content).replace("http://www.w3.org/2000/svg", "")


def test_white_text_on_the_badge_can_be_read(store):
    content = made(store(PLAN, HELLO, A, B, END))
    for status in (0, 1, 2):
        for colour in re.findall(
            '<rect[^>]*fill="#(\\w{6})"', badge({**content, "status": status})
        ):
            assert 1.05 / (_luminance(colour) + 0.05) > 4.5


def _luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_command(psq, paths, tmp_path):
    psq("check", f"{paths.build / 'driver'} --", "--ledger", "none", "--seed", "3")
    (stored,) = paths.results.iterdir()
    status, out, err = psq("certificate", str(stored), "--badge", str(tmp_path / "psq.svg"))
    assert status == 0, (out, err)
    file = stored.with_suffix(".certificate.json")
    assert (
        json.loads(file.read_text())["seed"] == 3 and "<svg" in (tmp_path / "psq.svg").read_text()
    )
    status, out, _ = psq("certificate", "--verify", str(file))
    assert status == 0 and "only its results can tell" in out
    status, out, _ = psq("certificate", "--verify", str(file), str(stored))
    assert status == 0 and f"it is that of {stored}" in out
    stored.write_text(stored.read_text().replace('"seed": 3', '"seed": 4'))
    status, _, err = psq("certificate", "--verify", str(file), str(stored))
    assert status == 64 and "differ in evidence, seed" in err
    assert (
        psq("certificate")[0] == psq("certificate", str(stored), "-o", "-", "--badge", "-")[0] == 64
    )
