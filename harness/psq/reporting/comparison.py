"""Implementations side by side: a row a clause, then where they differ."""

from __future__ import annotations

from string import ascii_letters
from typing import Iterator

from rich.console import Console
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from psq.law.clause_table import Law
from psq.reporting.console import STYLES
from psq.reporting.kinds import Kind, in_order, kind_of
from psq.results import tally
from psq.results.run import Run

# The narrowest column in which a result can be read; below it each has a sign.
_READABLE = 16
# One long observation must not make the lines of all clauses longer.
_WIDEST = 60
# What the law leaves open was seen, not passed.
_SEEN_STYLE = "cyan"
_TONES = {
    "good": "green",
    "bad": "bold red",
    "doubt": "yellow",
    "known": "magenta",
    "seen": _SEEN_STYLE,
    "none": "dim",
}
# The mark of a known failure is that of a failure in another colour, which a terminal may not have.
_KNOWN = "x"
# The column of levels among the signs.
_LEVEL = len("OBSERVED ")


def print_comparison(runs: list[Run], law: Law, console: Console, clauses: list[str]) -> None:
    """A row a clause, a column an implementation; then where they differ."""
    digests = {run.plan.get("clause_digest") for run in runs}
    if len(digests) > 1:
        console.print(Text("the results were made with different clause tables", style="yellow"))
    if not console.is_terminal:
        _print_whole(_table(runs, law, clauses), console)
    elif console.width >= _least_width(runs, clauses):
        console.print(_table(runs, law, clauses))
    elif len(runs) <= len(ascii_letters) and console.width >= _width_of_signs(runs, clauses):
        _print_signs(runs, law, console, clauses)
    else:
        _print_one_below_the_other(runs, law, console, clauses)
    for difference in tally.differences(runs, law):
        if difference.clause in clauses:
            _print_difference(difference, runs, console)


def _print_whole(table: Table, console: Console) -> None:
    """A file has room for wide columns, and a search in it needs whole lines."""
    usual = console.width
    options = console.options.update(max_width=10**6)
    console.width = Measurement.get(console, options, table).maximum
    console.print(table)
    console.width = usual


def _table(runs: list[Run], law: Law, clauses: list[str]) -> Table:
    table = Table(title="clauses by implementation", title_justify="left", title_style="bold")
    table.add_column("clause", no_wrap=True)
    table.add_column("level", no_wrap=True)
    for run in runs:
        table.add_column(Text(run.title), max_width=_WIDEST)
    for clause in clauses:
        table.add_row(clause, law.clauses[clause].level, *(_cell(run, law, clause) for run in runs))
    return table


def _least_width(runs: list[Run], clauses: list[str]) -> int:
    """The columns of clause and level, with their frames, and a readable one for each run."""
    return max(map(len, clauses), default=0) + 16 + len(runs) * (_READABLE + 3)


def _width_of_signs(runs: list[Run], clauses: list[str], levels: int = 0) -> int:
    return max(map(len, clauses), default=0) + 1 + levels + 2 * len(runs)


def _print_signs(runs: list[Run], law: Law, console: Console, clauses: list[str]) -> None:
    """A column of one letter for each run, and a sign for each result; the levels where there is room."""
    has_levels = console.width >= _width_of_signs(runs, clauses, levels=_LEVEL)
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("clause", no_wrap=True)
    if has_levels:
        table.add_column("level", no_wrap=True)
    for letter, run in zip(ascii_letters, runs):
        console.print(Text(f"  {letter}  {run.title}"), soft_wrap=True)
        table.add_column(letter, no_wrap=True)
    found: set[str] = set()
    for clause in clauses:
        level = law.clauses[clause].level
        kinds = [kind_of(tally.cell(run, law, clause), level) for run in runs]
        found.update(kind.name for kind in kinds)
        table.add_row(clause, *([level] if has_levels else []), *map(_sign, kinds))
    console.print(Text("  ").append_text(Text("  ").join(_legend(found))))
    console.print(table)


def _sign(kind: Kind) -> Text:
    return Text(_KNOWN if kind.tone == "known" else kind.mark, style=_TONES[kind.tone])


def _legend(found: set[str]) -> Iterator[Text]:
    """What the signs mean; like signs together."""
    shown: dict[str, list[str]] = {}
    signs = {}
    for kind in in_order(found):
        sign = _sign(kind)
        signs[sign.plain] = sign
        shown.setdefault(sign.plain, []).append(kind.shown)
    for plain, names in shown.items():
        yield signs[plain] + Text(f" {' or '.join(names)}")


def _print_one_below_the_other(
    runs: list[Run], law: Law, console: Console, clauses: list[str]
) -> None:
    for clause in clauses:
        head = Text(clause, style="bold").append(f"  {law.clauses[clause].level}", style="dim")
        console.print(head)
        for run in runs:
            console.print(Padding(Text(f"{run.name}: ") + _cell(run, law, clause), (0, 0, 0, 4)))


def _cell(run: Run, law: Law, clause: str) -> Text:
    cell = tally.cell(run, law, clause)
    seen = cell.verdict == "pass" and cell.observed
    return Text(cell.text, style=_SEEN_STYLE if seen else STYLES.get(cell.verdict, "dim"))


def _print_difference(difference: tally.Difference, runs: list[Run], console: Console) -> None:
    said = difference.said([run.name for run in runs])
    if difference.ruling:
        line = f"difference: {difference.clause}: {said}; {difference.ruling}"
        console.print(line, soft_wrap=True, markup=False)
    else:
        line = f"difference with no ruling: {difference.clause}: {said}"
        console.print(Text(line, style="bold red"), soft_wrap=True)
