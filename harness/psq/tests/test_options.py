"""An option means the same in every command: a flag here is no value there, and its value has one name."""

from __future__ import annotations

import argparse
import json
import re
import subprocess

import pytest
from psq import cli
from psq.base.options import factor, seconds

FLAG = "a flag"
PROGRAMS = ("psq-conformance", "psq-history")


def options_of_psq(parser=None):
    """By option, what it takes in each command of psq: FLAG, or the name of its value."""
    commands = subparsers(parser or cli.make_parser())
    found = {}
    for command, each in commands.items():
        for action in each._actions:
            for name in action.option_strings:
                kind = FLAG if action.nargs == 0 else str(action.metavar)
                found.setdefault(name, {})[f"psq {command}"] = kind
    return found


def subparsers(parser):
    (action,) = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    return action.choices


def contradictions(options):
    return {name: kinds for name, kinds in options.items() if len(set(kinds.values())) > 1}


def options_of_program(help_text):
    """By option, FLAG or what the help of a C++ program calls its value."""
    lines = re.findall(r"^  (?:-\w,)?(--[\w-]+)(?: ([A-Z]\S*))?", help_text, re.M)
    return {name: value or FLAG for name, value in lines}


def test_every_command_is_walked():
    options = options_of_psq()
    assert len(options) > 25
    commands = {command for kinds in options.values() for command in kinds}
    assert len(commands) == len(cli.COMMANDS)
    assert set(options["--patience"]) == {
        "psq check",
        "psq compare",
        "psq slow",
        "psq soak",
        "psq kill-matrix",
        "psq mutants",
    }


def test_no_option_means_two_things():
    assert contradictions(options_of_psq()) == {}


@pytest.mark.parametrize(
    "option",
    [
        {"metavar": "SECONDS"},
        {"action": "store_true"},
    ],
)
def test_a_second_meaning_is_seen(option):
    parser = cli.make_parser()
    subparsers(parser)["driver-check"].add_argument("--patience", **option)
    assert list(contradictions(options_of_psq(parser))) == ["--patience"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_option_of_a_program_means_another_thing_than_in_psq(built, program):
    text = subprocess.run(
        [built.program(program), "--help"], capture_output=True, text=True, check=True
    ).stdout
    theirs = options_of_program(text)
    assert len(theirs) >= 3 and "--help" in theirs, text
    ours = {name: next(iter(kinds.values())) for name, kinds in options_of_psq().items()}
    shared = theirs.keys() & ours.keys() - {"--help"}
    assert len(shared) >= 3, shared
    assert {
        name: theirs[name] for name in shared if (theirs[name] == FLAG) != (ours[name] == FLAG)
    } == {}


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "1001", "soon", ""])
def test_what_is_no_factor(text):
    with pytest.raises(argparse.ArgumentTypeError, match="is not a number from 0.01 to 1000"):
        factor(text)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "soon"])
def test_what_is_no_number_of_seconds(text):
    with pytest.raises(argparse.ArgumentTypeError, match="is not a number from 0.001"):
        seconds(text)


def test_json_goes_to_a_file_or_alone_to_standard_output(built, tmp_path):
    recording = tmp_path / "empty.jsonl"
    recording.write_text('{"history": 1, "objects": [{"name": "q", "type": "queue"}]}\n')
    file = tmp_path / "findings.json"
    command = [str(built.program("psq-history")), str(recording), "--json"]
    told = subprocess.run([*command, str(file)], capture_output=True, text=True)
    assert told.returncode == 2 and "unknown" in told.stdout, told
    alone = subprocess.run([*command, "-"], capture_output=True, text=True)
    keys = {"verdict", "findings"}
    assert keys <= json.loads(file.read_text()).keys()
    assert keys <= json.loads(alone.stdout).keys()
    refused = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True)
    assert refused.returncode == 64 and "cannot write" in refused.stderr
