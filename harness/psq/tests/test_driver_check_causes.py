"""driver-check stops at the cause, explains it, and plays what it is asked for."""

from __future__ import annotations

import json
import re
import sys
import time

import pytest
from psq.base.paths import SOURCE
from psq.driver_check import judge
from psq.driver_check.advice import _BY_NAME, advice_for
from psq.driver_check.rules import ALWAYS, AT_START, CHECKS
from test_driver_check import LITTLE, broken, check, driver_check, spoiled

assert judge  # with it come all checks


def anchors(page):
    headings = re.findall(r"^#+ (.*)$", (SOURCE / page).read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^a-z0-9 -]", "", each.lower()).replace(" ", "-") for each in headings}


def test_every_check_has_its_place_and_advice():
    names = {rule.name for rule in [*AT_START, *ALWAYS, *CHECKS]}
    assert names == _BY_NAME.keys()
    for name in names:
        page, _, anchor = advice_for(name).place.partition("#")
        assert anchor in anchors(page), name


def run(capsys, *arguments):
    status = driver_check(*arguments)
    return status, capsys.readouterr().out


@pytest.mark.parametrize(
    "way, cause",
    [("hangs", "request.answered"), ("garbage", "message.json"), ("floods", "message.length")],
)
def test_it_stops_at_the_cause(capsys, way, cause):
    for within in ("2", "16", "128"):  # more on a machine that is too slow for the hello
        arguments = ("--answer-within", within, "--", sys.executable, str(LITTLE), way)
        status, report = run(capsys, *arguments)
        if f"waited {within} s for a connection" not in report:
            break
    assert status == 3
    assert re.findall(r"^BROKEN +(\S+)", report, re.M) == [cause]
    assert re.search(rf"The \d+ checks behind {cause} were not played: mend that first", report)


def test_it_plays_on_when_told_to(capsys):
    arguments = ("--answer-within", "5", "--keep-going")
    for name in ("request.answered", "request.together", "thread.main"):
        arguments += ("--check", name)
    status, report = run(capsys, *arguments, "--", sys.executable, str(LITTLE), "hangs")
    assert status == 3
    assert "says nothing without request.answered" in report and "behind" not in report


def test_what_is_broken_is_named_once_more(capsys):
    names = ("request.answered", "bad-request.thread", "create.again")
    arguments = [word for name in names for word in ("--check", name)]
    _, report = run(capsys, *arguments, "--", sys.executable, str(LITTLE))
    assert "\nbroken: bad-request.thread, create.again\n" in report
    _, report = run(capsys, *arguments[:4], "--", sys.executable, str(LITTLE))
    assert "\nbroken: " not in report  # one alone stands there to be read


def test_one_check_is_played_alone(capsys):
    status, report = run(
        capsys, "--check", "thread.main", "--", sys.executable, str(LITTLE), "right"
    )
    assert status == 0
    assert re.findall(r"^ok +(\S+)", report, re.M) == ["thread.main"]


def test_a_finding_is_explained(capsys):
    arguments = ("--explain", "--check", "began.written")
    status, report = run(capsys, *arguments, "--", sys.executable, str(LITTLE), "wrong-tid")
    assert status == 3
    assert "rule:   spec/driver-protocol.md#answers" in report
    assert f"change: {advice_for('began.written').change}" in report


CHILD_DIES = (
    "import os; right = session._connect\n"
    "def connect(path, role):\n"
    "    os._exit(9) if role != 'root' else None\n"
    "    return right(path, role)\n"
    "session._connect = connect\n"
)


def test_a_child_that_dies_before_its_hello_is_reported_at_once(capsys):
    before = time.monotonic()
    _, words, report = check(
        capsys, *spoiled(CHILD_DIES), checks=("spawn.pid",), answer_within="600"
    )
    assert time.monotonic() - before < 300
    assert broken(words) == {"process.stays"}, report
    assert "ended before its hello" in report


ROOT_DIES = (
    "import os, threading\n"
    "right = work.Worker._spawn\n"
    "def spawn(self, request):\n"
    "    threading.Timer(0.1, os._exit, (9,)).start()\n"
    "    return {**right(self, request), 'value': os.getppid()}\n"
    "work.Worker._spawn = spawn\n"
    "session._connect = (lambda connect: lambda path, role: connect(path, role) if role == 'root'"
    " else threading.Event().wait())(session._connect)\n"
)


def test_a_root_that_dies_is_reported_at_once(capsys):
    before = time.monotonic()
    _, words, report = check(
        capsys, *spoiled(ROOT_DIES), checks=("spawn.pid",), answer_within="600"
    )
    assert time.monotonic() - before < 300
    assert broken(words) == {"process.stays"}, report
    assert "root ended with status 9" in report


def replay(file, *command):
    from psq import cli
    from test_driver_check import Paths, Path

    arguments = ["driver-replay", "--answer-within", "60", str(file), "--", *command]
    return cli.main(arguments, Paths(build=Path("/no/build/tree")))


def test_a_conversation_is_recorded_and_played_again(capsys, tmp_path):
    file = tmp_path / "said.jsonl"
    arguments = ["--transcript", str(file)]
    for name in ("thread.main", "request.together", "drop.forgets", "bad-request.no-such-object"):
        arguments += ["--check", name]
    assert run(capsys, *arguments, "--", sys.executable, str(LITTLE))[0] == 0
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert lines[0] == {"conversation": "hello"} and {"from", "text"} == lines[1].keys()
    assert replay(file, sys.executable, str(LITTLE)) == 0
    assert "5 conversations, the same as recorded" in capsys.readouterr().out
    assert replay(file, sys.executable, str(LITTLE), "made-up-outcome") == 3
    said = capsys.readouterr().out
    assert '"outcome": "ok"' in said and '"outcome": "splendid"' in said
    assert replay(file, sys.executable, str(LITTLE), "dies") == 3
    said = capsys.readouterr().out  # whether its end is seen by the next request or the next answer
    assert "this did not come" in said or "no longer reads" in said


CUT = '{"conversation":"a test"}\n{"left_out":70}\n'


@pytest.mark.parametrize("text", ["", "{}\n", '{"to":"root","text":""}\n', "no JSON\n", "\0", CUT])
def test_a_file_that_is_no_transcript_is_refused(capsys, tmp_path, text):
    file = tmp_path / "broken.jsonl"
    file.write_text(text)
    assert replay(file, sys.executable, str(LITTLE)) == 64
    assert str(file) in capsys.readouterr().err
    assert replay(tmp_path, sys.executable, str(LITTLE)) == 64
