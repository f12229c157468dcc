"""What psq prints: text shows as text, tables fit where they are printed, and a reader may go away."""

import contextlib
import io
import json
import re
import subprocess
import sys

import pytest

from psq.base.visible import visible
from psq.reporting.console import make_console

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
HOSTILE = "a\x1b[2J\x1b]0;title\x07\x9b31m\u202eb"
PLAN = {"record": "plan", "tests": ["queue.put_a"], "planned": 1, "clause_digest": "d"}


def stored(folder, name, **of_test):
    """A result file of one test; its driver calls itself `name`."""
    test = {"record": "test", "test": "queue.put_a", "clauses": ["queue.put.a"], **of_test}
    records = [{**PLAN, "name": name}, test, {"record": "end"}]
    path = folder / f"{len(list(folder.iterdir()))}.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in records))
    return str(path)


class Terminal(io.StringIO):
    """What `shown` prints meanwhile goes to a terminal of 60 columns."""

    def isatty(self):
        return True

    def shown(self, function, *arguments):
        with contextlib.redirect_stdout(self):
            return function(*arguments)

    @property
    def text(self):
        return COLOUR.sub("", self.getvalue())


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Terminal()


@pytest.mark.parametrize(
    "text, shown",
    [
        ("plain\ttext\n", "plain\ttext\n"),
        ("\x1b[31m", "\u241b[31m"),
        ("\r\x00\x7f", "\u240d\u2400\u2421"),
        ("\x9b31m\u202e\u2028\ud800", "\\u009b31m\\u202e\\u2028\\ud800"),
    ],
)
def test_a_character_that_acts_is_shown(text, shown):
    assert visible(text) == shown


def test_escape_sequences_of_a_driver_never_reach_the_terminal(terminal):
    terminal.shown(lambda: make_console().print(HOSTILE, soft_wrap=True))
    assert terminal.text == visible(HOSTILE).replace("\u2407", "") + "\n"  # a bell is left out


def test_nor_from_a_result_file_or_a_message(psq, tmp_path, terminal):
    failed = stored(tmp_path, HOSTILE, verdict="fail", card=HOSTILE, saw=HOSTILE, cause=HOSTILE)
    terminal.shown(psq, "compare", "--from", failed)
    status, _, err = psq("compare", "--from", f"{tmp_path}/{HOSTILE}")
    _, _, verdicts = psq("report", failed, "--markdown", str(tmp_path / "r.md"))
    for text in (terminal.text, err, verdicts, (tmp_path / "r.md").read_text()):
        assert "\u241b[2J" in text
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)


def compared(psq, tmp_path, terminal, *names, **of_test):
    """The lines of a comparison before its verdicts."""
    results = [stored(tmp_path, name, **{"verdict": "pass", **of_test}) for name in names]
    terminal.shown(psq, "compare", "--from", *results)
    lines = terminal.text.splitlines()
    return lines[: next(index for index, line in enumerate(lines) if "results:" in line)]


def test_a_comparison_fits_a_narrow_terminal(psq, tmp_path, terminal):
    lines = compared(psq, tmp_path, terminal, "reference", "cpython")
    assert [line.split() for line in lines[:3]] == [
        ["a", "reference"],
        ["b", "cpython"],
        ["\u2713", "pass", "\u00b7", "not", "run", "or", "untested"],
    ]
    assert ["clause", "level", "a", "b"] == lines[3].split()
    assert ["queue.put.a", "MUST", "\u2713", "\u2713"] == lines[4].split()
    assert max(map(len, lines)) <= 60


def test_and_so_does_one_of_many(psq, tmp_path, terminal):
    """The levels go first, and where not even signs have room stands a line each."""
    names = [f"driver-{number}" for number in range(20)]
    lines = compared(psq, tmp_path, terminal, *names)
    assert lines[21].split() == ["clause", *"abcdefghijklmnopqrst"]
    assert lines[22].split() == ["queue.put.a", *20 * "\u2713"]
    assert max(map(len, lines)) <= 60
    terminal.truncate(0)
    (tmp_path / "more").mkdir()
    lines = compared(psq, tmp_path / "more", terminal, *names, *map(str, range(10)))
    assert "queue.put.a  MUST" in lines[0] and lines[1].split() == ["driver-0:", "pass"]


def test_a_known_failure_has_a_sign_of_its_own(psq, tmp_path, terminal):
    one, other = (stored(tmp_path, name, verdict=name) for name in ("fail", "expected-fail"))
    terminal.shown(psq, "compare", "--from", one, other)
    assert "\u2717 fail  x known failure  \u00b7 not run" in terminal.text
    assert re.search(r"queue\.put\.a +MUST +\u2717 x", terminal.text)


def test_a_difference_names_like_results_together(psq, tmp_path, terminal):
    many = [stored(tmp_path, name, verdict="pass") for name in ("one", "two")]
    others = [stored(tmp_path, v, verdict=v) for v in ("fail", "unsupported", "expected-fail")]
    _, out, _ = psq("compare", "--from", *many, *others)
    said = "queue.put.a: one, two: pass | fail: fail | expected-fail: expected-fail"
    assert f"difference with no ruling: {said}\n" in out


def test_a_comparison_in_a_file_has_whole_lines(psq, tmp_path):
    names = [f"implementation-number-{number}" for number in range(12)]
    results = [stored(tmp_path, name, verdict="pass") for name in names]
    _, out, _ = psq("compare", "--from", *results)
    row = next(line for line in out.splitlines() if "queue.put.a" in line)
    assert row.count("pass") == 12
    assert all(name in out for name in names)


def test_an_observation_is_no_pass(psq, tmp_path, terminal):
    seen = {"queue.put.a": "waits for ever"}
    mine = stored(tmp_path, "mine", verdict="pass", observed=seen)
    terminal.shown(psq, "compare", "--from", mine)
    assert "\x1b[32mwaits for ever" not in terminal.getvalue()
    assert "\x1b[36mwaits for ever" in terminal.getvalue()


def test_a_reader_that_goes_away_ends_a_report_quietly(paths, tmp_path):
    results = stored(tmp_path, "mine", verdict="pass", message="x" * 200_000)
    program = (
        f"import sys; sys.path.insert(0, {str(__file__.rpartition('/psq/')[0])!r})\n"
        "from pathlib import Path\nfrom psq import cli\nfrom psq.base.paths import Paths\n"
        f"cli.main(['report', {results!r}, '--html', '-'], Paths(build=Path({str(paths.build)!r})))"
    )
    report = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    report.stdout.readline()
    report.stdout.close()
    said = report.stderr.read()
    report.wait()
    assert "Error" not in said and "psq:" not in said and said.startswith("mine: conforms")
