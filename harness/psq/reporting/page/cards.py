"""The results of single tests, as the page shows them below their clause."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from psq.law.clause_table import Law
from psq.reporting.card import card_of
from psq.reporting.page.evidence import Evidence, evidence_of
from psq.reporting.kinds import KINDS, Kind
from psq.results.run import Record, Run

_REPLAY = re.compile(r"^ *replay +(\S.*)$", re.MULTILINE)
# Of these tones the reason is enough; a card shows all that is known.
_WITHOUT_CARD = ("good", "none")


@dataclass(frozen=True)
class Card:
    """A test that did not pass."""

    test: str
    kind: Kind
    reason: str
    """In one sentence or a few; a card says more."""
    expected: str = ""
    card: str = ""
    replay: str = ""
    evidence: Evidence | None = None


def cards_of(run: Run, law: Law, clause: str, page: Path) -> list[Card]:
    """The tests of the clause that did not pass in the run, and those that did not run."""
    planned = set(run.planned)
    found = [
        (test.name, run.tests.get(test.name))
        for test in law.tests_of(clause)
        if test.name in planned
    ]
    return [
        _card(test, record, clause, page)
        for test, record in found
        if record is None or record["verdict"] != "pass"
    ]


def _card(test: str, record: Record | None, clause: str, page: Path) -> Card:
    if record is None:
        return Card(test, KINDS["not run"], "planned, and it left no result")
    blamed = record.get("clause")
    if blamed and blamed != clause and record["verdict"] != "inconclusive":
        return Card(test, KINDS["not reached"], f"it failed at {blamed}")
    kind = KINDS[record["verdict"]]
    if kind.tone in _WITHOUT_CARD:
        return Card(test, kind, reason_of(record))
    text = card_of(record).plain
    replay = _REPLAY.search(text)
    return Card(
        test=test,
        kind=kind,
        reason=reason_of(record),
        expected=record.get("expected") or "",
        card=text,
        replay=replay[1].strip() if replay else "",
        evidence=evidence_of(record, page),
    )


def reason_of(record: Record) -> str:
    """Why a test did not pass, in short."""
    if record["verdict"] in ("fail", "deviates", "expected-fail"):
        return record.get("saw") or record.get("message") or ""
    return record.get("message") or record.get("saw") or ""
