"""psq check and psq compare."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from psq.reporting import progress

from psq.results import result_file as results, tally

from psq.running import judging
from psq.running.drivers import PYTHONS, resolve
from psq.law.clause_table import Law
from psq.base.paths import Paths
from psq.results.result_file import Run
from psq.base.status import Status, UsageError, worst


def check(args: argparse.Namespace, paths: Paths) -> Status:
    """Judges one implementation."""
    law = Law.load(paths.suite)
    law.select(args.test, args.profile)  # wrong usage comes before a missing driver
    driver = resolve(args.driver, paths, args.interpreter, args.start_method)
    console = progress.make_console()
    run = judging.judge(driver, law, paths, args, console)
    _draw(run, console)
    judging.print_summary(run, law, console)
    return run.status()


def _draw(run: Run, console: Console) -> None:
    """A picture beside each history that was kept of what did not pass."""
    folders = sorted({each["evidence"] for each in run.tests.values() if each.get("evidence")})
    if not folders:
        return
    from psq.reporting import timeline  # only here: it needs jinja2

    for folder in folders:
        try:
            for page in timeline.draw_all(Path(folder)):
                console.print(f"timeline: {page}", soft_wrap=True)
        except UsageError as error:  # a verdict does not depend on its picture
            console.print(f"no timeline: {error}", soft_wrap=True)


def compare(args: argparse.Namespace, paths: Paths) -> Status:
    """Judges several implementations, or takes stored results, and puts them side by side."""
    if args.stored and args.drivers:
        raise UsageError("compare either drivers or, with --from, stored results")
    if not (args.stored or args.drivers):
        raise UsageError("name what to compare, e.g. psq compare reference cpython")
    law = Law.load(paths.suite)
    law.select(args.test, args.profile)
    console = progress.make_console()
    if args.stored:
        runs = [results.load(Path(path)) for path in args.stored]
    else:
        runs = _judge_all(args, law, paths, console)
    print_comparison(runs, law, console, selected(law, args))
    if args.html:
        from psq.reporting import report  # only here: it needs jinja2

        report.write_html(runs, law, Path(args.html))
        console.print(f"report:   {args.html}", soft_wrap=True)
    for run in runs:
        judging.print_verdict(run, console)
    return worst(run.status() for run in runs)


def _judge_all(
    args: argparse.Namespace, law: Law, paths: Paths, console: Console
) -> list[Run]:
    # All of them first: a mistyped last name must not cost the runs before it.
    found = [resolve_plain(text, paths, args) for text in args.drivers]
    slugs = [driver.slug for driver in found]
    if len(set(slugs)) < len(slugs):
        raise UsageError("the same driver is named twice: there is nothing to compare")
    return [judging.judge(driver, law, paths, args, console) for driver in found]


def resolve_plain(text: str, paths: Paths, args: argparse.Namespace):
    """--interpreter and --start-method go to those drivers that can take them."""
    is_python = text.partition("@")[0].split(":")[0] in PYTHONS
    takes_method = is_python and len(text.partition("@")[0].split(":")) == (
        1 if text.startswith("cpython") else 2
    )
    return resolve(
        text,
        paths,
        args.interpreter if is_python and "@" not in text else None,
        args.start_method if takes_method else None,
    )


def selected(law: Law, args: argparse.Namespace) -> list[str]:
    """The clauses that a comparison shows: all, or those of the selected tests."""
    if not args.test and not args.profile:
        return list(law.clauses)
    named = {clause for test in law.select(args.test, args.profile) for clause in test.clauses}
    return [clause for clause in law.clauses if clause in named]


def print_comparison(runs: list[Run], law: Law, console: Console, clauses: list[str]) -> None:
    """A row a clause, a column an implementation; then where they differ."""
    digests = {run.plan.get("clause_digest") for run in runs}
    if len(digests) > 1:
        console.print(Text("the results were made with different clause tables", style="yellow"))
    table = Table(title="clauses by implementation", title_justify="left", title_style="bold")
    table.add_column("clause", no_wrap=True)
    table.add_column("level", no_wrap=True)
    for run in runs:
        table.add_column(run.title)
    for clause in clauses:
        table.add_row(clause, law.clauses[clause].level, *(_cell(run, law, clause) for run in runs))
    console.print(table)
    for difference in tally.differences(runs, law):
        if difference.clause in clauses:
            _print_difference(difference, runs, console)


def _cell(run: Run, law: Law, clause: str) -> Text:
    cell = tally.cell(run, law, clause)
    return Text(cell.text, style=progress.STYLES.get(cell.verdict, "dim"))


def _print_difference(difference: tally.Difference, runs: list[Run], console: Console) -> None:
    said = ", ".join(f"{run.name}: {cell.text}" for run, cell in zip(runs, difference.cells))
    if difference.ruling:
        line = f"difference: {difference.clause}: {said}; {difference.ruling}"
        console.print(line, soft_wrap=True)
    else:
        line = f"difference with no ruling: {difference.clause}: {said}"
        console.print(Text(line, style="bold red"), soft_wrap=True)
