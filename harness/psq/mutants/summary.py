"""Prints what came of mutants: figures, and the table of those that no test killed."""

from __future__ import annotations

from collections import Counter
from typing import Iterable

from psq.mutants.records import Record
from psq.mutants.rulings import EQUIVALENT, MISSED, OUTSIDE, Rulings
from psq.mutants.trial import KILLED, OUTCOMES, STILLBORN


def alive(records: Iterable[Record]) -> list[Record]:
    return [each for each in records if each.outcome not in (KILLED, STILLBORN)]


def unruled(records: Iterable[Record], rulings: Rulings) -> list[Record]:
    """Not killed, and not shown to be something else than a hole in the suite."""
    found = []
    for each in alive(records):
        ruling = rulings.of(each)
        if ruling is None or ruling.ruling == MISSED:
            found.append(each)
    return found


def figures(records: list[Record], rulings: Rulings) -> str:
    counts = Counter(each.outcome for each in records)
    ruled = Counter(
        ruling.ruling for each in alive(records) if (ruling := rulings.of(each)) is not None
    )
    kept = counts[KILLED]
    counted = kept + len(unruled(records, rulings))
    share = f"{100 * kept / counted:.1f} of 100" if counted else "none"
    parts = ", ".join(f"{counts[each]} {each}" for each in OUTCOMES if counts[each])
    return (
        f"{len(records)} mutants: {parts}\n"
        f"of those that were not killed: {ruled[EQUIVALENT]} equivalent, {ruled[OUTSIDE]} outside the "
        f"law, {ruled[MISSED]} missed, {len(alive(records)) - sum(ruled.values())} without a ruling\n"
        f"found: {kept} of {counted} that the suite should find, {share}"
    )


def table(records: Iterable[Record], rulings: Rulings) -> str:
    """Markdown, for the page of survivors."""
    lines = ["| mutant | change | result | ruling | why |", "|---|---|---|---|---|"]
    for each in sorted(alive(records), key=_place):
        ruling = rulings.of(each)
        what = (ruling.ruling, ruling.why) if ruling else ("none", "")
        result = each.outcome + (f" ({each.test})" if each.test else "")
        cells = (each.mutant, f"`{each.change}` in `{each.code}`", result, *what)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def _place(record: Record) -> tuple[str, int, int]:
    file, line, column = record.mutant.split(" ")[0].rsplit(":", 2)
    return file, int(line), int(column)
