"""Many runs of some implementations over time: what each clause came to in each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psq.law.clause_table import Law
from psq.reporting.kinds import Kind, kind_of
from psq.reporting.page.subjects import judged_at
from psq.results import tally
from psq.results.run import Run

# The newest runs that a strip shows; a bar is so many pixels wide.
_SHOWN = 40
_STEP = 5
# Where a bar begins and ends, from the top: what is good stands above the middle, what is bad below it.
_BARS = {"good": (0, 7), "seen": (3, 7), "bad": (7, 14), "known": (7, 11), "doubt": (5, 9)}
_FLAT = (6, 8)


@dataclass(frozen=True)
class Seen:
    """The result of a clause in one run."""

    kind: Kind
    observed: str
    run: Run

    @property
    def text(self) -> str:
        return self.observed or self.kind.shown


@dataclass(frozen=True)
class Strip:
    """A sparkline: a bar a run, the oldest first; a path for each tone."""

    width: int
    paths: list[tuple[str, str]]
    label: str


def grouped(runs: list[Run]) -> dict[str, list[Run]]:
    """The runs of each implementation by name, the oldest first."""
    groups: dict[str, list[Run]] = {}
    for run in sorted(runs, key=judged_at):
        groups.setdefault(run.name, []).append(run)
    return groups


def newest_whole(runs: list[Run]) -> Run:
    """The run that stands for its implementation: the newest one that is no small part of the law."""
    most = max(len(run.planned) for run in runs)
    whole = [run for run in runs if not run.interrupted and 2 * len(run.planned) > most]
    return (whole or runs)[-1]


def seen_in(runs: list[Run], law: Law, clause: str) -> list[Seen]:
    """What the clause came to in each run that planned a test of it."""
    level = law.clauses[clause].level
    cells = [(tally.cell(run, law, clause), run) for run in runs]
    return [
        Seen(kind_of(cell, level), cell.observed, run)
        for cell, run in cells
        if cell.verdict not in (tally.NOT_RUN, tally.UNTESTED)
    ]


def strip(history: list[Seen]) -> Strip | None:
    """The sparkline of a clause; None of a single run, which has no history."""
    if len(history) < 2:
        return None
    shown = history[-_SHOWN:]
    parts: dict[str, str] = {}
    for index, seen in enumerate(shown):
        top, bottom = _BARS.get(seen.kind.tone, _FLAT)
        bar = f"M{index * _STEP} {top}h{_STEP - 1}v{bottom - top}h-{_STEP - 1}z"
        parts[seen.kind.tone] = parts.get(seen.kind.tone, "") + bar
    return Strip(len(shown) * _STEP, sorted(parts.items()), _in_words(shown))


def _in_words(history: list[Seen]) -> str:
    counts: dict[str, int] = {}
    for seen in history:
        counts[seen.text] = counts.get(seen.text, 0) + 1
    each = ", ".join(f"{count} {text}" for text, count in counts.items())
    return f"{len(history)} runs: {each}"


def changes(history: list[Seen], pages: dict[int, str]) -> list[dict[str, Any]]:
    """The runs in which a clause came to something else than in the one before, the newest first."""
    found = [
        {
            "when": judged_at(now.run),
            "before": before.text,
            "kind": now.kind,
            "text": now.text,
            "page": pages[id(now.run)],
        }
        for before, now in zip(history, history[1:])
        if before.text != now.text
    ]
    return found[::-1]
