"""Every command says what it takes, gives examples that work, and states its exit statuses; and psq its version."""

import json
import re
import shlex
import subprocess

import pytest

from psq import cli
from psq.base.paths import PLACES, Paths
from psq.base.status import InternalError, Status
from psq.commands import COMMANDS

STATUSES = {str(int(status)) for status in Status}


@pytest.mark.parametrize("command", ["", *(each.name for each in COMMANDS)])
def test_help_is_everywhere(psq, command):
    status, out, _ = psq(*command.split(), "--help")
    assert status == 0
    assert "usage: psq" in out and "examples:" in out and "exit status: 0 " in out


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.name)
def test_examples_are_lines_that_psq_understands(command):
    assert command.examples
    for example in command.examples:
        line, _, _ = example.partition("   ")
        words = shlex.split(line)
        assert words[:2] == ["psq", command.name]
        _, unknown = cli.make_parser(only=command.name).parse_known_args(words[1:])
        assert unknown == [], example


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.name)
def test_statuses_are_those_that_there_are(command):
    said = command.statuses.partition("exit status: ")[2]
    listed = set(re.findall(r"(?:^|[,;] |\n)(\d+) ", said))
    assert {"0", "64"} <= listed <= STATUSES, listed


def test_the_version_of_a_tree(tmp_path, capsys):
    (tmp_path / PLACES).write_text('{"version": "1.2.3", "installed": false, "programs": ["bin"]}')
    assert cli.main(["--version"], Paths.of(tmp_path)) == 0
    assert capsys.readouterr().out == "psq 1.2.3\n"


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"version": "1", "programs": 7, "installed": 1}']
)
def test_broken_places_are_no_tree(tmp_path, text):
    (tmp_path / PLACES).write_text(text)
    with pytest.raises(InternalError, match="is broken"):
        Paths.of(tmp_path)


def test_an_installed_psq_writes_into_the_current_folder(tmp_path, monkeypatch):
    places = tmp_path / "share"
    places.mkdir()
    (places / PLACES).write_text('{"version": "1", "installed": true, "programs": ["../bin"]}')
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "psq-conformance").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PSQ_OUTPUT", raising=False)
    paths = Paths.of(places)
    assert paths.results == tmp_path / "psq-out" / "results"
    assert paths.suite == tmp_path / "bin" / "psq-conformance"
    with pytest.raises(InternalError, match="not installed"):
        paths.program("psq-faulty-driver")
    monkeypatch.setenv("PSQ_OUTPUT", str(tmp_path / "elsewhere"))
    assert Paths.of(places).results == tmp_path / "elsewhere" / "results"


def test_the_list_for_programs(psq):
    status, out, _ = psq("list", "queue.put.*", "--json", "-")
    first, second = json.loads(out)["clauses"]
    assert status == 0 and (first["id"], second["id"]) == ("queue.put.a", "queue.put.b")
    assert first["level"] == "MUST" and first["sentence"] == "The sentence of queue.put.a."
    assert {"name": "queue.put.a/long", "thorough": True} in first["tests"]
    assert first["faults"] is None  # the programs that have them are not built


def test_the_list_goes_to_a_file_and_to_the_screen(psq, tmp_path):
    status, out, _ = psq("list", "--json", str(tmp_path / "law.json"))
    assert status == 0 and "queue.get.c" in out
    assert len(json.loads((tmp_path / "law.json").read_text())["clauses"]) == 5


def completed(script, *words):
    """What the script offers for the last argument."""
    line = f'source "$1"; COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}; _psq'
    line += '; printf "%s\\n" "${COMPREPLY[@]}"'
    ended = subprocess.run(
        ["bash", "--norc", "-c", line, "bash", script], capture_output=True, text=True, check=True
    )
    return ended.stdout.split()


def test_completion(psq, tmp_path):
    status, out, _ = psq("completion", "bash")
    assert status == 0
    script = tmp_path / "completion"
    script.write_text(out)
    assert completed(script, "psq", "chec") == ["check", "check-history"]
    assert completed(script, "psq", "check", "ref") == ["reference"]
    assert "--fail-on" in completed(script, "psq", "diff", "--f")
    assert completed(script, "psq", "diff", "--fail-on", "r") == ["regression"]
    assert completed(script, "psq", "check", "reference", "--test", "queue.g") == ["queue.get.c"]
    assert completed(script, "psq", "explain", "process") == ["process.d"]
    assert completed(script, "psq", "report", str(script)) == [str(script)]
    assert psq("completion", "fish")[0] == 64
