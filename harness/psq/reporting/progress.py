"""The progress of a run: a live line on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import sys
import time
from collections import Counter

from rich.console import Console
from rich.live import Live
from rich.text import Text

from psq.base.visible import visible
from psq.reporting.card import SHOWN_AT_ONCE, card_of
from psq.reporting.console import STYLES
from psq.results.defects import is_foreign
from psq.results.run import Record

_HEARTBEAT_SECONDS = 5.0


class Progress:
    """Follows one run: counts verdicts, and prints the card of each failure as it comes."""

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
        if record.get("earlier"):  # the verdict on its repetition replaces the first one
            self._counts[record["earlier"]["verdict"]] -= 1
        self._counts[record["verdict"]] += 1
        # What blames an operation of other clauses is shown once it is known whether they fail too.
        if not is_foreign(record):
            self._show(record)

    def settled(self, record: Record) -> None:
        if record["verdict"] == "blocked":
            self._counts += Counter(blocked=1)
            self._counts -= Counter(fail=1)
        self._show(record)

    def confirmed(self, record: Record) -> None:
        if self._cards:
            line = str(record["card"]).rstrip().rpartition("\n")[2].strip()
            self._console.print(Text(f"{record['test']}: {line}"), soft_wrap=True)

    def _show(self, record: Record) -> None:
        if self._cards and record["verdict"] in SHOWN_AT_ONCE:
            self._console.print(card_of(record), soft_wrap=True)
            self._console.print()
        if self._cards and record["verdict"] == "blocked":
            line = f"BLOCKED  {record['test']}  by {record.get('cause') or 'a defect'}"
            self._console.print(Text(line, style=STYLES["blocked"]), soft_wrap=True)

    def tick(self) -> None:
        if self._console.is_terminal:
            self._live.update(self._line(), refresh=True)
        elif time.monotonic() - self._spoke >= _HEARTBEAT_SECONDS:
            self._spoke = time.monotonic()
            print(f"psq: {visible(self._line().plain)}", file=sys.stderr, flush=True)

    def _line(self) -> Text:
        line = Text(f"{self._label}: {sum(self._counts.values())} of {self._planned} tests")
        for verdict, count in sorted((+self._counts).items()):
            line.append(f", {count} {verdict}", style=STYLES[verdict])
        line.append(f", {time.monotonic() - self._began:.0f} s")
        if self._running:
            line.append(f"; running {', '.join(self._running)}", style="dim")
        return line
