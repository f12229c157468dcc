"""What a person sees while a run goes: a live line on a terminal, a heartbeat elsewhere."""

from __future__ import annotations

import sys
import time
from collections import Counter

from rich.console import Console
from rich.live import Live
from rich.text import Text

from psq.results.result_file import Record

SHOWN_AT_ONCE = ("fail", "deviates", "unexpected-pass", "inconclusive", "driver-error", "internal-error")
_HEARTBEAT_SECONDS = 5.0
_PLAIN_WIDTH = 140

STYLES = {
    "pass": "green",
    "fail": "bold red",
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


class Progress:
    """Follows one run: counts, prints the card of what did not pass as it comes."""

    def __init__(self, console: Console, label: str, planned: int, cards: bool = True) -> None:
        self._console = console
        self._label = label
        self._planned = planned
        self._cards = cards
        self._running: list[str] = []
        self._counts: Counter = Counter()
        self._began = time.monotonic()
        self._spoke = self._began
        self._live = Live(console=console, auto_refresh=False, transient=True)

    def __enter__(self) -> Progress:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def started(self, test: str) -> None:
        self._running.append(test)

    def ended(self, record: Record) -> None:
        if record["test"] in self._running:
            self._running.remove(record["test"])
        self._counts[record["verdict"]] += 1
        if self._cards and record["verdict"] in SHOWN_AT_ONCE:
            self._console.print(card_of(record), soft_wrap=True)
            self._console.print()

    def tick(self) -> None:
        if self._console.is_terminal:
            self._live.update(self._line(), refresh=True)
        elif time.monotonic() - self._spoke >= _HEARTBEAT_SECONDS:
            self._spoke = time.monotonic()
            print(f"psq: {self._line().plain}", file=sys.stderr, flush=True)

    def _line(self) -> Text:
        line = Text(f"{self._label}: {sum(self._counts.values())} of {self._planned} tests")
        for verdict, count in sorted(self._counts.items()):
            line.append(f", {count} {verdict}", style=STYLES[verdict])
        line.append(f", {time.monotonic() - self._began:.0f} s")
        if self._running:
            line.append(f"; running {', '.join(self._running)}", style="dim")
        return line


def card_of(record: Record) -> Text:
    """The card that the suite made, or the least that a record tells."""
    card = (record.get("card") or "").rstrip()
    if not card or not card.lower().startswith(_CARD_WORDS):
        clause = record.get("clause") or ", ".join(record["clauses"])
        head = f"{_HEAD[record['verdict']]}  {clause}"
        body = card or record.get("message") or ""
        card = head + "".join(f"\n      {line}" for line in body.splitlines())
    first, _, rest = card.partition("\n")
    text = Text(first, style=STYLES[record["verdict"]])
    return text.append("\n" + rest, style="none") if rest else text


_HEAD = {verdict: verdict.upper().replace("-", " ") for verdict in STYLES}
_CARD_WORDS = tuple(word.lower() for head in STYLES for word in (head, head.replace("-", " ")))
