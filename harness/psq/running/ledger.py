"""Ledgers: the known failures of one implementation, each with its reason."""

from __future__ import annotations

from pathlib import Path

from psq.base import json_text
from psq.base.paths import Paths
from psq.base.status import UsageError, did_you_mean
from psq.law.clause_table import Law
from psq.running.drivers import Driver


def find(choice: str | None, driver: Driver, paths: Paths, law: Law) -> Path | None:
    """The ledger for this driver: the one given, the tree's own, or none. It is checked first."""
    if choice == "none":
        return None
    path = Path(choice) if choice else paths.ledgers / f"{driver.implementation}.json"
    if not choice and not path.is_file():
        return None
    _check(path, law)
    return path.resolve()


def _check(path: Path, law: Law) -> None:
    try:
        content = json_text.parse(path.read_text(encoding="utf-8"))
        entries = content["entries"]
        clauses = [(entry["clause"], entry["reason"]) for entry in entries]
        if not all(isinstance(text, str) for clause in clauses for text in clause):
            raise TypeError("a clause or a reason is no text")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path} is no ledger: {type(error).__name__}: {error}. It is "
            '{"implementation":…,"entries":[{"clause":…,"reason":…}]}; '
            '"--ledger none" judges without one.'
        ) from error
    for clause, reason in clauses:
        if clause not in law.clauses:
            raise UsageError(
                f"{path}: no clause is named {clause!r}." + did_you_mean(clause, law.clauses)
            )
        if not reason:
            raise UsageError(f"{path}: the entry for {clause} gives no reason")
