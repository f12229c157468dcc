"""The kinds of results that pages and tables tell apart: each has a mark and a name, never a colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable

from psq.results.tally import NOT_REACHED, NOT_RUN, UNTESTED, Cell


@dataclass(frozen=True)
class Kind:
    """One kind of result."""

    name: str
    mark: str
    tone: str
    """good, bad, doubt, known, seen or none: a class of page.css."""
    meaning: str
    title: str = ""

    @property
    def shown(self) -> str:
        return self.title or self.name


OBSERVED = "observed"

KINDS = {
    kind.name: kind
    for kind in (
        Kind("fail", "\u2717", "bad", "the implementation broke the clause"),
        Kind("blocked", "\u2298", "bad", "a call that the test needs has a defect of its own"),
        Kind(
            "unexpected-pass", "!", "bad", "the ledger lists it, and it passed: the entry is stale"
        ),
        Kind("driver-error", "\u26a0", "bad", "the driver broke its protocol: nothing is decided"),
        Kind("internal-error", "\u26a0", "bad", "psq itself failed: nothing is decided"),
        Kind("inconclusive", "?", "doubt", "the machine did not let the suite decide"),
        Kind("deviates", "~", "doubt", "it does other than the law recommends; no failure"),
        Kind("expected-fail", "\u2717", "known", "it fails, as the ledger says", "known failure"),
        Kind("pass", "\u2713", "good", "the implementation keeps the clause"),
        Kind(OBSERVED, "\u25c6", "seen", "the law leaves it open; what was seen is no verdict"),
        Kind("unsupported", "\u2013", "none", "the driver does not declare what the test needs"),
        Kind(
            NOT_RUN,
            "\u00b7",
            "none",
            "no test of the clause was planned, or it did not come to a result",
        ),
        Kind(NOT_REACHED, "\u00b7", "none", "its test failed at another clause before"),
        Kind(UNTESTED, "\u00b7", "none", "the suite has no test of it; spec/limits.md says why"),
    )
}


def kind_of(cell: Cell, level: str) -> Kind:
    """What is seen where the law leaves a clause open is no pass."""
    if cell.verdict == "pass" and (cell.observed or level == "OBSERVED"):
        return KINDS[OBSERVED]
    return KINDS[cell.verdict]


def in_order(names: Iterable[str]) -> list[Kind]:
    """The kinds that are named, the loudest first."""
    named = set(names)
    return [kind for kind in KINDS.values() if kind.name in named]
