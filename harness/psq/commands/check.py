"""psq check: judges one implementation."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from psq.base.paths import Paths
from psq.base.status import Status, UsageError
from psq.law.clause_table import Law
from psq.reporting.console import make_console
from psq.reporting.summary import print_summary
from psq.results.run import Run
from psq.running import judging
from psq.running.drivers import resolve


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("driver", metavar="DRIVER")
    judging.add_options(parser)
    parser.add_argument(
        "--results",
        metavar="FILE",
        help="where the results go (default: build/results/NAME.jsonl, "
        "NAME.filtered.jsonl for a filtered run)",
    )


def run(args: argparse.Namespace, paths: Paths) -> Status:
    law = Law.load(paths.suite)
    law.select(judging.filters_of(args))  # wrong usage comes before a missing driver
    driver = resolve(args.driver, paths, args.interpreter, args.start_method)
    console = make_console()
    judged = judging.judge(driver, law, paths, args, console)
    if not judged.interrupted:
        _draw(judged, console)
    print_summary(judged, law, console)
    return judged.status()


def _draw(run: Run, console: Console) -> None:
    """Draws each history that was kept of a failure, beside it."""
    folders = sorted({each["evidence"] for each in run.tests.values() if each.get("evidence")})
    if not folders:
        return
    from psq.reporting import timeline  # only here: it needs jinja2

    for folder in folders:
        try:
            for page in timeline.draw_all(Path(folder)):
                console.print(f"timeline: {page}", soft_wrap=True)
        except UsageError as error:  # the verdict stands without a picture
            console.print(f"no timeline: {error}", soft_wrap=True)
