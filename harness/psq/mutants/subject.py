"""What is mutated: sources, and how a driver is made of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional, Protocol

from psq.mutants.change import Change


class Stillborn(Exception):
    """The mutant cannot be built."""


@dataclass(frozen=True)
class Variant:
    """One way to drive the subject, for example a start method."""

    label: str
    argv: tuple[str, ...]
    ledger: Optional[Path] = None


@dataclass
class Facts:
    """What a test did with the unchanged subject; `lines` is None when that is not measured."""

    verdict: str
    seconds: float
    lines: Optional[set[str]] = None

    def reaches(self, change: Change) -> bool:
        at = f"{change.file}:{change.statement}"
        return self.lines is None or not change.statement or at in self.lines


@dataclass
class Baseline:
    """By the label of a variant and the name of a test."""

    of: dict[str, dict[str, Facts]] = field(default_factory=dict)

    def candidates(self, change: Change) -> list[tuple[str, str]]:
        """Variant and test for each test that passes and reaches the change."""
        return [
            (label, test)
            for label, tests in self.of.items()
            for test, facts in tests.items()
            if facts.verdict == "pass" and facts.reaches(change)
        ]


class Subject(Protocol):
    """The sources of one implementation."""

    slug: str

    @property
    def sources(self) -> dict[str, bytes]:
        """By the name that changes use."""

    def changes(self) -> list[Change]:
        ...

    def build(self, folder: Path, change: Optional[Change]) -> list[Variant]:
        """The drivers of the subject, with one change or none, in a new folder.

        Raises Stillborn when the change cannot be built.
        """

    def watched(self, folder: Path) -> Optional[list[Variant]]:
        """The unchanged drivers, which note the lines that they reach in $PSQ_REACHED; or None."""


def digest(sources: dict[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name in sorted(sources):
        whole.update(name.encode() + b"\0" + sources[name] + b"\0")
    return whole.hexdigest()[:16]
