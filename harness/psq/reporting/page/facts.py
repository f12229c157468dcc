"""All that the page of a report shows, in plain values for its templates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from psq.base.status import SENTENCES, Status
from psq.law.clause_table import Law
from psq.reporting.page.cards import Card, cards_of
from psq.reporting.kinds import Kind, in_order, kind_of
from psq.reporting.page.subjects import subject
from psq.results import tally
from psq.results.run import Run

LEVELS = ("MUST", "SHOULD", "MAY", "OBSERVED")
_NOTE = 140  # characters of a reason in a cell of the matrix


def page_facts(runs: list[Run], law: Law, page: Path) -> dict[str, Any]:
    """For a page in the folder `page`, from which evidence is linked."""
    rows = _rows(runs, law, page)
    kinds = [[row["cells"][index]["kind"].name for row in rows] for index in range(len(runs))]
    return {
        "history": False,
        "title": " and ".join(run.name for run in runs),
        "answer": answer(runs),
        "law": of_law(runs, law),
        "runs": [subject(run, of_run, law) for run, of_run in zip(runs, kinds)],
        "rows": rows,
        "broken": [row for row in rows if row["tone"] == "bad"],
        "levels": [each for each in LEVELS if any(row["level"] == each for row in rows)],
        "profiles": sorted({row["profile"] for row in rows}),
        "kinds": in_order(name for of_run in kinds for name in of_run),
    }


def answer(runs: list[Run]) -> str:
    """The verdicts in one sentence: `does not conform: mine; conforms: reference and cpython`."""
    names: dict[Status, list[str]] = {}
    for run in runs:
        names.setdefault(run.status(), []).append(run.name)
    loudest_first = sorted(names, key=lambda status: status == Status.CONFORMS)
    return "; ".join(f"{SENTENCES[status]}: {_joined(names[status])}" for status in loudest_first)


def _joined(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def of_law(runs: list[Run], law: Law) -> dict[str, Any]:
    """How much law there is, and by which tables of clauses the runs were made."""
    digests = sorted({str(run.plan.get("clause_digest") or "unknown") for run in runs})
    return {
        "clauses": len(law.clauses),
        "digests": [digest[:12] for digest in digests],
    }


def _rows(runs: list[Run], law: Law, page: Path) -> list[dict[str, Any]]:
    rulings = {each.clause: each.ruling for each in tally.differences(runs, law)}
    return [
        row_of(
            law,
            clause,
            [_cell(run, law, clause, page) for run in runs],
            clause in rulings,
            rulings.get(clause),
        )
        for clause in law.clauses
    ]


def row_of(
    law: Law, clause: str, cells: list[dict[str, Any]], differs: bool, ruling: str | None
) -> dict[str, Any]:
    """One row of the matrix, with a cell for each implementation."""
    known = law.clauses[clause]
    return {
        "id": clause,
        "level": known.level,
        "profile": known.profile,
        "sentence": known.sentence,
        "source": f"spec/{known.page}.md" + (f":{known.line}" if known.line else ""),
        "notes": [
            (title, text)
            for title, text in (
                ("Why", known.why),
                ("Source", known.source),
                ("Elsewhere", known.differs),
                ("They differ", ruling if ruling else "no ruling of the law" if differs else ""),
            )
            if text
        ],
        "tests": law.tests_of(clause),
        "cells": cells,
        "tone": _loudest([cell["kind"] for cell in cells]),
        "differs": differs,
        "changed": False,
    }


def _loudest(kinds: list[Kind]) -> str:
    return in_order(kind.name for kind in kinds)[0].tone


def _cell(run: Run, law: Law, clause: str, page: Path) -> dict[str, Any]:
    cell = tally.cell(run, law, clause)
    kind = kind_of(cell, law.clauses[clause].level)
    cards = cards_of(run, law, clause, page)
    return {
        "run": run.name,
        "kind": kind,
        "observed": cell.observed,
        "note": _note(cards, kind),
        "cards": cards,
        "page": "",
        "strip": None,
        "changes": [],
    }


def _note(cards: list[Card], kind: Kind) -> str:
    """The reason of the loudest test, short enough for a cell."""
    reasons = [card.reason for card in cards if card.kind == kind and card.reason]
    if not reasons:
        return ""
    text = " ".join(reasons[0].split())
    return text if len(text) <= _NOTE else text[: _NOTE - 1] + "\u2026"
