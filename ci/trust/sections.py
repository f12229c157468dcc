"""The sections of a campaign's page, one a commit: those of other stores are kept, and all are summed up."""

from __future__ import annotations

import re
from typing import Iterable, Iterator, Sequence

from plan import IDLE
from verdicts import Count

from psq.base.status import UsageError

_SECTION = re.compile(r"^## Commit `(\w+)`$", re.MULTILINE)
# The columns of table.py up to "inconclusive"; the row "all" has no implementation.
_ROW = re.compile(
    r"^\| `(?P<name>[^`]+)` \| (?P<load>[\w-]+) \|" + r" ([\d,]+) \|" * 4, re.MULTILINE
)
_HEAD = (
    "| implementation | idle runs | loaded runs | tests judged | fails | inconclusive | per 1,000 |"
)


def sections_of(text: str) -> dict[str, str]:
    """The sections of a page by commit, in its order."""
    begins = list(_SECTION.finditer(text))
    ends = [*(each.start() for each in begins[1:]), len(text)]
    return {
        begin[1]: text[begin.start() : end].rstrip("\n") + "\n" for begin, end in zip(begins, ends)
    }


def merged(made: Sequence[tuple[str, str]], old: str) -> list[str]:
    """The sections made now, by commit, and then those of the old page whose commits have none.

    Raises UsageError when there is an old page that is none of a campaign: it would be lost."""
    kept = sections_of(old)
    if old.strip() and not kept:
        raise UsageError("the file is no page of a campaign, and stays as it is: give another FILE")
    new = {commit: text.rstrip("\n") + "\n" for commit, text in made}
    return [*new.values(), *(text for commit, text in kept.items() if commit not in new)]


def summary(sections: Iterable[str]) -> str:
    """Markdown: what the runs of all sections amount to, an implementation a row."""
    return "\n".join(_summary(sections)) + "\n"


def _summary(sections: Iterable[str]) -> Iterator[str]:
    # Each has the runs without a load of their own, and the loaded ones.
    sums: dict[str, tuple[Count, Count]] = {}
    everything = (Count(), Count())
    for text in sections:
        for row in _ROW.finditer(text):
            for each in (sums.setdefault(row["name"], (Count(), Count())), everything):
                each[row["load"] != IDLE].add(_count_of(row))
    yield "## All commits"
    yield ""
    yield _HEAD
    yield "|---|" + "---:|" * (_HEAD.count("|") - 2)
    for name, counts in sorted(sums.items(), key=lambda pair: -sum(of.runs for of in pair[1])):
        yield _line(f"`{name}`", *counts)
    yield _line("all", *everything)


def _count_of(row: re.Match[str]) -> Count:
    runs, judged, failures, undecided = (int(each.replace(",", "")) for each in row.groups()[2:])
    return Count(runs=runs, judged=judged, failures=failures, undecided=undecided)


def _line(name: str, idle: Count, loaded: Count) -> str:
    both = Count()
    both.add(idle)
    both.add(loaded)
    numbers = (idle.runs, loaded.runs, both.judged, both.failures, both.undecided)
    return f"| {name} | {' | '.join(f'{each:,}' for each in numbers)} | {both.per_thousand()} |"
