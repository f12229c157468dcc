"""What the kill matrix prints: a line a fault, and the clauses that no fault breaks."""

from __future__ import annotations

import json

from rich.console import Console
from rich.table import Table
from rich.text import Text

from psq.kill_matrix.trial import Trial
from psq.law.clause_table import Law


def as_lines(trials: list[Trial]) -> str:
    """One JSON object a fault."""
    rows = [
        {
            "fault": trial.fault["name"],
            "clause": trial.fault["clause"],
            "killed": trial.killed,
            "why": trial.why,
            "failed": sorted(trial.failed),
            "seconds": round(trial.seconds, 2),
        }
        for trial in trials
        if not trial.is_control
    ]
    return "\n".join(json.dumps(row) for row in rows)


def print_table(trials: list[Trial], console: Console) -> None:
    table = Table(title="kill matrix", title_justify="left", title_style="bold")
    for column in ("fault", "clause", "what it breaks", "result"):
        table.add_column(column, no_wrap=column != "what it breaks")
    table.add_column("s", justify="right")
    for trial in trials:
        good, bad = ("passes", "FAILS") if trial.is_control else ("killed", "SURVIVES")
        result = Text(good, "green") if trial.killed else Text(bad, "bold red")
        fault = trial.fault
        table.add_row(
            fault["name"],
            fault.get("clause", ""),
            fault.get("breaks", ""),
            result,
            f"{trial.seconds:.1f}",
        )
    console.print(table)
    alive = [trial for trial in trials if not trial.killed]
    for trial in alive:
        word = "fails" if trial.is_control else "survives"
        line = f"{word}: {trial.fault['name']}: {trial.why}"
        console.print(Text(line, "bold red"), soft_wrap=True)
    faults = [trial for trial in trials if not trial.is_control]
    found = sum(trial.killed for trial in faults)
    console.print(f"{found} of {len(faults)} faults found at their clause")


def print_unbroken(law: Law, faults: list[dict], console: Console) -> None:
    broken = {fault["clause"] for fault in faults}
    unbroken = [
        clause.id
        for clause in law.clauses.values()
        if clause.level == "MUST" and clause.id not in broken and law.tests_of(clause.id)
    ]
    console.print(
        f"{len(unbroken)} MUST clauses are broken by no fault" + (":" if unbroken else "")
    )
    for clause in unbroken:
        console.print(f"  {clause}", highlight=False)
