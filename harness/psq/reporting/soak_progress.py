"""The progress of a soak: a bar on a terminal, a line every few seconds elsewhere, cards as they come."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from psq.base.status import InternalError
from psq.results.result_file import Tail
from psq.results.run import Record

_HEARTBEAT_SECONDS = 10.0


class SoakProgress:
    """Follows the result file of one soak."""

    def __init__(self, console: Console, tail: Tail, budget: float) -> None:
        self._console = console
        self._tail = tail
        self._budget = budget
        self._began = self._spoke = time.monotonic()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._task = self._bar.add_task("soaking", total=budget)
        self.seen: dict[str, int] = {}
        self.failures: list[Record] = []
        self.title = ""
        self.ended = False

    def __enter__(self) -> SoakProgress:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._console.is_terminal:
            self._bar.stop()

    def tick(self) -> None:
        try:
            for record in self._tail.read():
                self._take(record)
        except (ValueError, KeyError) as error:
            raise InternalError(f"results that cannot be read: {error}") from error
        spent = min(time.monotonic() - self._began, self._budget)
        self._bar.update(self._task, completed=spent, description=self._line())
        if not self._console.is_terminal and time.monotonic() - self._spoke > _HEARTBEAT_SECONDS:
            self._spoke = time.monotonic()
            self._console.print(f"after {spent:.0f} s: {self._line()}", soft_wrap=True)

    def _take(self, record: Record) -> None:
        kind = record["record"]
        if kind == "progress":
            self.seen = record["seen"]
        elif kind == "implementation":
            self.title = f"{record['implementation']} {record['version']}, {record['start_method']}"
        elif kind == "failure":
            self.failures.append(record)
            self._console.print(record["card"], soft_wrap=True)
        elif kind == "end":
            self.ended = True

    def _line(self) -> str:
        return sentence(self.seen) + f", {len(self.failures)} failed"


def sentence(seen: dict[str, int]) -> str:
    """`12 programs, 3456 operations, 789 pairs of them overlapping`."""
    text = f"{seen.get('programs', 0)} programs, {seen.get('operations', 0)} operations, "
    text += f"{seen.get('overlapping', 0)} pairs of them overlapping"
    for what in ("kills", "stops"):
        if seen.get(what):
            text += f", {seen[what]} {what}"
    undecided = seen.get("undecided", 0)
    return text + (f", {undecided} programs undecided" if undecided else "")
