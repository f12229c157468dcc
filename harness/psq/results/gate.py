"""What a run has to verify beside conforming: what is required of it, and what an earlier run has verified."""

from __future__ import annotations

from typing import Protocol

from psq.results.run import Record, Run


class Gate(Protocol):
    """Holds one run against a demand."""

    def expect_for(self, implementation: Record) -> None:
        """Raises UsageError when this implementation cannot be held against it; called before the tests."""
        ...

    def unmet(self, run: Run) -> list[str]:
        """What the run did not verify, a sentence each; nothing when it is as demanded."""
        ...


class Gates:
    """Several demands, all of which hold."""

    def __init__(self, *gates: Gate) -> None:
        self._gates = gates

    def expect_for(self, implementation: Record) -> None:
        for each in self._gates:
            each.expect_for(implementation)

    def unmet(self, run: Run) -> list[str]:
        return [sentence for each in self._gates for sentence in each.unmet(run)]


NO_GATE = Gates()
