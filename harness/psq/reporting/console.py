"""The console that every command prints to, and the colours of verdicts."""

from __future__ import annotations

import sys

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
from rich.segment import Segment

from psq.base.visible import visible

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
    console = Console(
        file=stream, width=None if stream.isatty() else _PLAIN_WIDTH, highlight=False, markup=False
    )
    console.push_render_hook(_AsText())
    return console


class _AsText(RenderHook):
    """What is printed shows as text: an escape sequence that a driver wrote never reaches the terminal."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Visible(each) for each in renderables]


class _Visible:
    def __init__(self, inner: ConsoleRenderable) -> None:
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for text, style, control in console.render(self._inner, options):
            yield Segment(text if control else visible(text), style, control)
