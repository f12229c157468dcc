"""The summary of a run: verdicts by page, tests that did not run, and one sentence, last."""

from __future__ import annotations

import shlex
from collections import Counter

from rich.console import Console
from rich.table import Table
from rich.text import Text

from psq.base.status import SENTENCES, Status
from psq.law.clause_table import Law
from psq.reporting.console import STYLES
from psq.results import tally
from psq.results.coverage import NOT_SELECTED, Gap, gaps, unverified_sentence
from psq.results.defects import defects_of, headline
from psq.results.driver_times import in_words
from psq.results.run import VERDICTS, Run, repeated

# Missing tests, and clauses that were not verified, that are named on the screen.
_NAMED = 5


def print_summary(run: Run, law: Law, console: Console) -> None:
    """Prints verdicts by page, known failures, problems, files, and the verdict, last."""
    pages = tally.counts_by_page(run, law)
    totals: Counter[str] = sum(pages.values(), Counter())
    columns = [each for each in (*VERDICTS, "missing") if each == "pass" or totals[each]]
    console.print(Text(run.title, style="bold"))
    table = Table()
    table.add_column("page", no_wrap=True)
    table.add_column("tests", justify="right")
    for verdict in columns:
        table.add_column(verdict, justify="right", style=STYLES.get(verdict, "bold red"))
    for page, counts in sorted(pages.items()):
        cells = [str(counts[verdict] or "·") for verdict in columns]
        table.add_row(Text(page), str(sum(counts.values())), *cells)
    console.print(table)
    for record in run.tests.values():
        if record["verdict"] == "expected-fail":
            clause = record.get("clause") or record["clauses"][0]
            known = f"known failure: {clause}: {record.get('message', '')}"
            console.print(known, soft_wrap=True, markup=False)
    if run.driver:
        console.print(in_words(run.driver), soft_wrap=True, markup=False)
    for each in repeated(run):
        console.print(f"once more: {each}", soft_wrap=True, markup=False)
    for problem in run.problems:
        console.print(Text(f"problem: {problem}", style="bold red"), soft_wrap=True)
    _print_missing(run, console)
    _print_thorough(run, console)
    _print_unverified(run, law, console)
    print_verdict(run, console)


def _print_unverified(run: Run, law: Law, console: Console) -> None:
    """What of the law was not verified, a line a reason; the reports have every name."""
    found = gaps(run, law)
    if not found:
        return
    console.print(f"not verified: {unverified_sentence(run, law)}", soft_wrap=True, markup=False)
    for gap in found:
        console.print(f"  {len(gap.tests)}  {_gap_line(gap)}", soft_wrap=True, markup=False)


def _gap_line(gap: Gap) -> str:
    if gap.reason.startswith(NOT_SELECTED) or not gap.clauses:
        return gap.reason
    named = ", ".join(gap.clauses[:_NAMED])
    more = len(gap.clauses) - _NAMED
    return f"{gap.reason}: {named}" + (f" and {more} more" if more > 0 else "")


def _print_missing(run: Run, console: Console) -> None:
    missing = run.missing
    for test in missing[:_NAMED]:
        console.print(Text(f"did not run: {test}", style="bold red"), soft_wrap=True)
    if len(missing) > _NAMED:
        more = f"did not run: {len(missing) - _NAMED} more (all are in the result's last line)"
        console.print(Text(more, style="bold red"), soft_wrap=True)


def _print_thorough(run: Run, console: Console) -> None:
    """Which of the thorough tests were run, and which not: the verdict says nothing of those."""
    for how, tests in (("run", run.thorough_run), ("not run", run.thorough_left_out)):
        if tests:
            line = f"thorough tests, {how}: {', '.join(tests)}"
            console.print(line, soft_wrap=True, highlight=False, markup=False)


def print_verdict(run: Run, console: Console) -> None:
    _print_defects(run, console)
    for path in _evidence(run):
        console.print(f"evidence: {path}", soft_wrap=True, markup=False)
    console.print(f"results:  {run.path}", soft_wrap=True, markup=False)
    for each in run.unmet:
        console.print(Text(each, style="bold red"), soft_wrap=True)
    if run.counts["driver-error"]:
        check = f"psq driver-check --explain {shlex.quote(run.name)}"
        console.print(f"driver:   {check}  # which rules it breaks", soft_wrap=True, markup=False)
    status = run.status()
    colour = "bold green" if status == Status.CONFORMS else "bold red"
    console.print(Text(verdict_sentence(run), style=colour), soft_wrap=True)


def _print_defects(run: Run, console: Console) -> None:
    found = defects_of(run)
    if found:
        console.print(Text(f"{run.name}: {headline(found)}", style="bold red"), soft_wrap=True)
    for defect in found:
        console.print(f"  {defect.sentence}", soft_wrap=True, markup=False)


def _evidence(run: Run) -> list[str]:
    """The folders to look at: a blocked test shows what the failures of its defect show better."""
    shown = {test for each in defects_of(run) if each.fails for test in each.blocks}
    kept = {
        record["evidence"]
        for record in run.tests.values()
        if record.get("evidence") and record["test"] not in shown
    }
    return sorted(kept)


def verdict_sentence(run: Run) -> str:
    """One line: the verdict, and how many of the planned tests decided it."""
    counts = run.counts
    details = [f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict]]
    sentence = f"{run.title}: {SENTENCES[run.status()]}: "
    sentence += f"{len(run.tests)} of {len(run.planned)} tests ran"
    if details:
        sentence += f" ({', '.join(details)})"
    if run.times_each > 1:
        sentence += f"; up to {run.times_each} times each" if run.stopped else ""
        sentence += "" if run.stopped else f"; {run.times_each} times each"
    if run.selection:
        sentence += f"; only a part of the law: {', '.join(run.selection)}"
    if run.stopped:
        sentence += f"; it stopped at the first failure: {run.stopped}"
    if run.unmet:
        sentence += "; not all that was demanded of it holds"
    if run.thorough_run:
        sentence += f"; {_thorough_tests(run.thorough_run)} among them"
    if run.thorough_left_out:
        sentence += f"; without {_thorough_tests(run.thorough_left_out)}"
    if run.missing and run.counts["driver-error"] and not run.stopped:
        sentence += "; the driver failed each time, so the remaining tests were not tried"
    if run.tests and not run.verified:
        sentence += "; nothing was verified"
    return sentence


def _thorough_tests(tests: list[str]) -> str:
    return f"{len(tests)} thorough test" + ("s" if len(tests) > 1 else "")
