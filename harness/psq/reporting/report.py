"""The report of stored runs, as Markdown and JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from psq.base.status import SENTENCES, worst
from psq.law.clause_table import Law
from psq.reporting.card import SHOWN_AT_ONCE, card_of
from psq.reporting.summary import verdict_sentence
from psq.reporting.templating import template
from psq.results import tally
from psq.results.coverage import gaps, unverified_sentence
from psq.results.defects import defects_of, headline
from psq.results.driver_times import in_words
from psq.results.run import VERDICTS, Record, Run, repeated


def facts(runs: list[Run], law: Law) -> dict[str, Any]:
    """The content of every form of the report, in plain values."""
    return {
        "status": int(worst(run.status() for run in runs)),
        "runs": [_run_facts(run, law) for run in runs],
        "clauses": [_clause_facts(runs, law, clause) for clause in law.clauses],
        "differences": [
            {
                "clause": each.clause,
                "seen": [cell.text for cell in each.cells],
                "said": each.said([run.name for run in runs]),
                "ruling": each.ruling,
            }
            for each in tally.differences(runs, law)
        ],
    }


def _run_facts(run: Run, law: Law) -> dict[str, Any]:
    status = run.status()
    return {
        "name": run.name,
        "title": run.title,
        "status": int(status),
        "verdict": SENTENCES[status],
        "sentence": verdict_sentence(run),
        "planned": len(run.planned),
        "ran": len(run.tests),
        "counts": {verdict: run.counts.get(verdict, 0) for verdict in VERDICTS},
        "seconds": round(sum(record.get("seconds") or 0 for record in run.tests.values()), 1),
        "seed": run.plan.get("seed"),
        "clause_digest": run.plan.get("clause_digest"),
        "missing": run.missing,
        "problems": run.problems,
        "selection": run.selection,
        "repeat": run.times_each,
        "stopped": run.stopped,
        "unmet": run.unmet,
        "unverified": unverified_sentence(run, law),
        "gaps": [asdict(gap) for gap in gaps(run, law)],
        "repeated": repeated(run),
        "driver": in_words(run.driver),
        "driver_times": run.driver,
        "defects": [{**asdict(each), "sentence": each.sentence} for each in defects_of(run)],
        "defects_headline": headline(defects_of(run)),
        "thorough_run": run.thorough_run,
        "thorough_left_out": run.thorough_left_out,
        "known": [_card(r) for r in run.tests.values() if r["verdict"] == "expected-fail"],
        "cards": [_card(r) for r in run.tests.values() if r["verdict"] in SHOWN_AT_ONCE],
    }


def _card(record: Record) -> dict[str, Any]:
    return {
        "test": record["test"],
        "clause": record.get("clause") or record["clauses"][0],
        "verdict": record["verdict"],
        "message": record.get("message") or "",
        "card": card_of(record).plain,
        "evidence": record.get("evidence"),
    }


def _clause_facts(runs: list[Run], law: Law, clause: str) -> dict[str, Any]:
    known = law.clauses[clause]
    cells = [tally.cell(run, law, clause) for run in runs]
    return {
        "id": clause,
        "level": known.level,
        "profile": known.profile,
        "page": known.page,
        "sentence": known.sentence,
        "cells": [
            {"verdict": cell.verdict, "observed": cell.observed, "text": cell.text}
            for cell in cells
        ],
    }


def markdown(runs: list[Run], law: Law) -> str:
    return template("report.md.j2").render(facts(runs, law), verdicts=VERDICTS)


def as_json(runs: list[Run], law: Law) -> str:
    return json.dumps(facts(runs, law), indent=2, ensure_ascii=False)
