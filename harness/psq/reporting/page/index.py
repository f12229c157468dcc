"""The index of many results: the newest of each implementation, with the history of every clause."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from psq.base.status import SENTENCES, UsageError
from psq.law.clause_table import Law
from psq.reporting.page import render
from psq.reporting.page.facts import LEVELS, answer, of_law, row_of
from psq.reporting.page.history import Seen, changes, grouped, newest_whole, seen_in, strip
from psq.reporting.kinds import KINDS, in_order
from psq.reporting.page.subjects import judged_at, subject
from psq.reporting.target import write
from psq.results.run import Run
from psq.results.tally import NOT_RUN, UNTESTED, differences


def write_index(runs: list[Run], law: Law, folder: str) -> None:
    """Writes index.html into the folder, and a page for each run; raises UsageError for a wrong place."""
    if Path(folder).is_file():
        raise UsageError(f"--index {folder} is a file; name a folder")
    pages = _pages(runs)
    for run in runs:
        target = str(Path(folder) / pages[id(run)])
        write(target, render.html([run], law, target))
    write(
        str(Path(folder) / "index.html"),
        render.page("page/index.html.j2", _facts(runs, law, pages)),
    )


def _pages(runs: list[Run]) -> dict[int, str]:
    """A file name for each run: by its implementation and time, and a number where two are the same."""
    names: dict[int, str] = {}
    taken = {"index.html"}
    for run in runs:
        stem = re.sub("[^A-Za-z0-9]+", "-", f"{run.name} {judged_at(run)}").strip("-") or "run"
        name, number = f"{stem}.html", 1
        while name in taken:
            number += 1
            name = f"{stem}-{number}.html"
        taken.add(name)
        names[id(run)] = name
    return names


def _facts(runs: list[Run], law: Law, pages: dict[int, str]) -> dict[str, Any]:
    groups = grouped(runs)
    newest = [newest_whole(of_one) for of_one in groups.values()]
    differing = {each.clause: each.ruling for each in differences(newest, law)}
    rows: list[dict[str, Any]] = []
    for clause in law.clauses:
        cells = [_cell(of_one, law, clause, pages) for of_one in groups.values()]
        row = row_of(law, clause, cells, clause in differing, differing.get(clause))
        rows.append({**row, "changed": any(cell["changes"] for cell in cells)})
    kinds = [[row["cells"][index]["kind"].name for row in rows] for index in range(len(newest))]
    return {
        "history": True,
        "title": " and ".join(groups),
        "answer": answer(newest),
        "law": of_law(newest, law),
        "runs": [
            {**subject(run, of_run, law), "runs": _runs(groups[run.name], pages)}
            for run, of_run in zip(newest, kinds)
        ],
        "total": len(runs),
        "rows": rows,
        "broken": [row for row in rows if row["tone"] == "bad"],
        "levels": [each for each in LEVELS if any(row["level"] == each for row in rows)],
        "profiles": sorted({row["profile"] for row in rows}),
        "kinds": in_order(name for of_run in kinds for name in of_run),
    }


def _runs(of_one: list[Run], pages: dict[int, str]) -> list[dict[str, str]]:
    """The newest first."""
    return [
        {
            "when": judged_at(run) or "no date",
            "verdict": SENTENCES[run.status()],
            "page": pages[id(run)],
        }
        for run in reversed(of_one)
    ]


def _cell(of_one: list[Run], law: Law, clause: str, pages: dict[int, str]) -> dict[str, Any]:
    history = seen_in(of_one, law, clause)
    last = history[-1] if history else _nothing(of_one[-1], law, clause)
    return {
        "run": of_one[0].name,
        "kind": last.kind,
        "observed": last.observed,
        "note": "",
        "cards": [],
        "page": pages[id(last.run)],
        "strip": strip(history),
        "changes": changes(history, pages),
    }


def _nothing(run: Run, law: Law, clause: str) -> Seen:
    return Seen(KINDS[NOT_RUN if law.tests_of(clause) else UNTESTED], "", run)
