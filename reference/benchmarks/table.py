"""The table of results, in Markdown."""

from __future__ import annotations

from typing import Optional

from cases import OTHERS, Carrier, Load
from goals import Goal, goals, row_title, rows_of
from results import Results

_HEAD = ("", "a second", "× CPython", "× raw pipe", "× mqueue", "× Boost", "goal")


def table(results: Results, loads: list[Load], idle: list[tuple[str, str, Goal]]) -> str:
    rows = [_row(results, load, name) for load in loads for name in rows_of(load)]
    rows.extend((what, amount, "", "", "", "", str(goal)) for what, amount, goal in idle)
    return markdown(_HEAD, rows)


def markdown(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Numbers between a column of names and one of goals."""
    every = [head, ("---", *["---:"] * (len(head) - 2), "---"), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in every) + "\n"


def _row(results: Results, load: Load, name: str) -> tuple[str, ...]:
    mine = Carrier(name)
    others = (Carrier(name, python=True), *map(Carrier, OTHERS))
    ratios = (results.ratio(load, mine, load, other) for other in others)
    return (
        row_title(load, name),
        rate_text(results.median(load, mine)),
        *map(times_text, ratios),
        "; ".join(map(str, goals(results, load, name))),
    )


def times_text(ratio: Optional[float]) -> str:
    if ratio is None:
        return ""
    return f"{ratio:.0f}" if ratio >= 20 else f"{ratio:.1f}" if ratio >= 2 else f"{ratio:.2f}"


def rate_text(rate: Optional[float]) -> str:
    if rate is None:
        return ""
    for unit, name in ((1e6, " million"), (1e3, " thousand")):
        if rate >= unit:
            return f"{rate / unit:.2g}{name}" if rate < 10 * unit else f"{rate / unit:.0f}{name}"
    return f"{rate:.0f}"
