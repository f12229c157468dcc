"""Drivers of brokers, for the tests."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

at_length = pytest.mark.skipif(
    "PSQ_LONG_TESTS" not in os.environ, reason="needs modules of npm: ci/test --all"
)
"""Of tests of the drivers for Node, whose modules `ci/setup --brokers` installs."""

DRIVER = str(Path(__file__).resolve().parents[1] / "broker_driver.py")


def command(name: str, *options: str) -> list[str]:
    return ["/usr/bin/python3", DRIVER, name, *options]


def server_that(folder: Path, program: str, does: str) -> str:
    """A PATH on which the server comes first as a script with this text."""
    script = folder / program
    script.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
    script.chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


def processes_in(folder: str) -> list[int]:
    """The processes whose working folder is there: the server and what it started."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink(f"/proc/{name}/cwd").startswith(folder):
                found.append(int(name))
        except OSError:  # it has ended, or is another user's
            continue
    return found


def said(answer: dict[str, Any]) -> str:
    """The text of an answer's error."""
    return str(answer["error"]["message"])


def item(seq: int, size: int = 4096) -> dict[str, Any]:
    """A payload that every driver takes."""
    return {"item": {"from": "root", "seq": seq, "size": size}}


def number_of(answer: dict[str, Any]) -> int:
    """Which item a receive obtained."""
    found = answer["value"]["item"]
    assert found["intact"]
    return int(found["seq"])
