"""The console that every command prints to, and the colours of verdicts."""

from __future__ import annotations

import sys

from rich.console import Console

_PLAIN_WIDTH = 140

STYLES = {
    "pass": "green",
    "fail": "bold red",
    "blocked": "bold red",
    "deviates": "yellow",
    "inconclusive": "yellow",
    "unsupported": "dim",
    "expected-fail": "magenta",
    "unexpected-pass": "bold red",
    "driver-error": "bold red",
    "internal-error": "bold red",
}


def make_console(stderr: bool = False) -> Console:
    """A console that does not fold tables to 80 columns when its output goes to a file."""
    stream = sys.stderr if stderr else sys.stdout
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="replace")
    return Console(
        file=stream, width=None if stream.isatty() else _PLAIN_WIDTH, highlight=False, markup=False
    )
