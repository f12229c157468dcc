"""What follows a run while it goes on."""

from __future__ import annotations

from typing import Protocol

from psq.results.run import Record


class Watcher(Protocol):
    """Follows a run while it goes on."""

    def started(self, test: str) -> None:
        ...

    def ended(self, record: Record) -> None:
        ...

    def settled(self, record: Record) -> None:
        """The final record of a test that failed by a defect of an operation of other clauses."""
        ...

    def confirmed(self, record: Record) -> None:
        """The record of a failure, with what its repeats gave."""
        ...

    def tick(self) -> None:
        ...
