"""The sections of a campaign's page, one a commit: those of other stores are kept, and all are summed up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Iterable, Iterator, Sequence

from psq.base.status import UsageError

_SECTION = re.compile(r"^## Commit `(\w+)`$", re.MULTILINE)
# The columns of table.py up to "inconclusive"; the row "all" has no implementation.
_ROW = re.compile(
    r"^\| `(?P<name>[^`]+)` \| (?P<load>[\w-]+) \|" + r" ([\d,]+) \|" * 4, re.MULTILINE
)
_HEAD = (
    "| implementation | idle runs | loaded runs | tests judged | fails | inconclusive | per 1,000 |"
)


@dataclass
class _Sum:
    idle: int = 0
    loaded: int = 0
    judged: int = 0
    failures: int = 0
    undecided: int = 0

    def cells(self) -> str:
        numbers = (self.idle, self.loaded, self.judged, self.failures, self.undecided)
        share = f"{1000 * self.undecided / self.judged:.2f}" if self.judged else "·"
        return " | ".join([*(f"{each:,}" for each in numbers), share])


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
    sums: dict[str, _Sum] = {}
    everything = _Sum()
    for text in sections:
        for row in _ROW.finditer(text):
            for each in (sums.setdefault(row["name"], _Sum()), everything):
                _add(each, row)
    yield "## All commits"
    yield ""
    yield _HEAD
    yield "|---|" + "---:|" * (_HEAD.count("|") - 2)
    most_first = sorted(sums.items(), key=lambda pair: -pair[1].idle - pair[1].loaded)
    yield from (f"| `{name}` | {each.cells()} |" for name, each in most_first)
    yield f"| all | {everything.cells()} |"


def _add(total: _Sum, row: re.Match[str]) -> None:
    runs, judged, failures, undecided = (int(each.replace(",", "")) for each in row.groups()[2:])
    if row["load"] == "idle":
        total.idle += runs
    else:
        total.loaded += runs
    total.judged += judged
    total.failures += failures
    total.undecided += undecided
