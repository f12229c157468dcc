"""The controller that the tests of the drivers share fails them for whatever breaks the protocol."""

import sys
from pathlib import Path

import pytest
from psq.controller.peer import Broken
from psq.controller.testing import running

LITTLE = Path(__file__).resolve().parent / "little_driver.py"


def play(way):
    with running([sys.executable, str(LITTLE), *way]) as run:
        run.root.value("create", type="queue", names=["q"])
        run.root.value("put", on="q", item={"from": "root", "seq": 1, "size": 200})
        run.root.value("get", on="q")


def test_a_right_driver_passes():
    play([])


@pytest.mark.parametrize(
    "way, rule",
    [
        ("hello-twice", "hello.once"),
        ("duplicate", "answer.once"),
        ("wrong-clock", "answer.times"),
    ],
)
def test_a_broken_rule_fails_at_the_end(way, rule):
    with pytest.raises(AssertionError, match=f"{rule}: "):
        play([way])


def test_a_driver_that_ends_unasked_fails_at_once():
    with pytest.raises(Broken, match="without being asked to|no longer reads"):
        play(["dies"])


def test_the_environment_of_the_driver():
    program = (
        "import os, sys; sys.exit(f\"{os.environ['COLOUR']} {bool(os.environ['PSQ_SOCKET'])}\")"
    )
    with pytest.raises(Broken, match="(?s)ended with status 1 before.*green True"):
        with running([sys.executable, "-c", program], {"COLOUR": "green"}):
            pass
