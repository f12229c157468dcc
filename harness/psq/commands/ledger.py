"""psq ledger: brings a list of known failures up to date."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from psq.base.paths import Paths
from psq.base.status import Status
from psq.law.clause_table import Law
from psq.reporting.target import write
from psq.results import result_file
from psq.running import ledger, ledger_update

_ACTIONS = ("update",)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        metavar="ACTION",
        choices=_ACTIONS,
        help="update: add an entry for each failure of a run that has none, and take out those that passed",
    )
    parser.add_argument(
        "results", metavar="RESULTS", help="the results of a whole run, judged with this ledger"
    )
    parser.add_argument(
        "ledger",
        metavar="LEDGER",
        nargs="?",
        help="the ledger, which need not exist (default: harness/ledgers/, by implementation)",
    )
    parser.add_argument("--dry-run", action="store_true", help="only tell what would change")


def run(args: argparse.Namespace, paths: Paths) -> Status:
    """Updates a ledger; its new entries have no reason yet, and are refused until they have one."""
    law = Law.load(paths.suite)
    stored = result_file.load(Path(args.results))
    ledger_update.expect_whole(stored, law)
    path = Path(args.ledger or paths.ledgers / f"{stored.implementation['implementation']}.json")
    found = ledger_update.update(stored, _before(path, law))
    for change in found.changes:
        print(change)
    for each in found.left:
        print(f"left: {each}")
    # A gate names its ledger from the first day on: one that was asked for is there without a failure, too.
    is_wanted = bool(args.ledger) and not path.exists()
    if (found.changes or is_wanted) and not args.dry_run:
        write(str(path), found.text)
        print(f"ledger: {path}" + ("" if found.changes else ", without an entry"))
    elif not found.changes:
        print(f"{path}: nothing to change")
    return Status.DOES_NOT_CONFORM if found.left else Status.CONFORMS


def _before(path: Path, law: Law) -> dict[str, Any] | None:
    return ledger.read(path, law, unfinished=True) if path.exists() else None
