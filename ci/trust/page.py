"""The page of a campaign, docs/campaign.md: what was run, how to read the tables, and the tables."""

from __future__ import annotations

from typing import Sequence

from loads import Load
from sections import merged, summary
from table import Table

_INTRODUCTION = """\
# Campaign

Whole runs of the suite over implementations and loads, many times: a verdict that changes with the load is a defect of
the suite. The goal: no fail of a right implementation, and fewer than one inconclusive in 1,000 tests.

`ci/campaign` makes the runs, in rounds, and goes on where it was stopped (`--help` has the options: one implementation,
one load, a budget of time, runs side by side, runs on [many machines](cluster.md)). `ci/campaign --table
docs/campaign.md` writes this page: the commits whose runs are here, and below them those that the page had already.

| load | meaning |
|---|---|
{loads}

A test is *judged* when its verdict is not `unsupported`. The *usual* verdict of a test is the most frequent
one of the idle runs of that implementation. *Fails* and *inconclusive* are verdicts that are not usual, *other* are
further ones that the law allows. The reference and CPython never fail as usual: known failures of CPython stand in its
ledger and are `expected-fail`.
"""


def page(tables: Sequence[Table], loads: Sequence[Load], old: str = "") -> str:
    """Markdown; the tables in the order given, and then those of the old page for other commits.

    Raises UsageError when the old page is none of a campaign."""
    rows = "\n".join(f"| {each.name} | {each.means} |" for each in loads)
    sections = merged([(each.commit, each.markdown()) for each in tables], old)
    return "\n".join([_INTRODUCTION.format(loads=rows), summary(sections), *sections])
