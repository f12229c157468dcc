"""Implementations side by side: a row a clause, then where they differ."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from psq.law.clause_table import Law
from psq.reporting.console import STYLES
from psq.results import tally
from psq.results.run import Run


def print_comparison(runs: list[Run], law: Law, console: Console, clauses: list[str]) -> None:
    """A row a clause, a column an implementation; then where they differ."""
    digests = {run.plan.get("clause_digest") for run in runs}
    if len(digests) > 1:
        console.print(Text("the results were made with different clause tables", style="yellow"))
    table = Table(title="clauses by implementation", title_justify="left", title_style="bold")
    table.add_column("clause", no_wrap=True)
    table.add_column("level", no_wrap=True)
    for run in runs:
        table.add_column(Text(run.title))
    for clause in clauses:
        table.add_row(clause, law.clauses[clause].level, *(_cell(run, law, clause) for run in runs))
    console.print(table)
    for difference in tally.differences(runs, law):
        if difference.clause in clauses:
            _print_difference(difference, runs, console)


def _cell(run: Run, law: Law, clause: str) -> Text:
    cell = tally.cell(run, law, clause)
    return Text(cell.text, style=STYLES.get(cell.verdict, "dim"))


def _print_difference(difference: tally.Difference, runs: list[Run], console: Console) -> None:
    said = ", ".join(f"{run.name}: {cell.text}" for run, cell in zip(runs, difference.cells))
    if difference.ruling:
        line = f"difference: {difference.clause}: {said}; {difference.ruling}"
        console.print(line, soft_wrap=True, markup=False)
    else:
        line = f"difference with no ruling: {difference.clause}: {said}"
        console.print(Text(line, style="bold red"), soft_wrap=True)
