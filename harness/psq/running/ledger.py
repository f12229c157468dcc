"""Ledgers: the known failures of one implementation, each with its reason."""

from __future__ import annotations

from pathlib import Path

from psq.base import json_text
from psq.base.paths import Paths
from psq.base.status import UsageError, did_you_mean
from psq.law.clause_table import Law
from psq.results.run import Record
from psq.running.drivers import Driver

# The keys that the suite knows, too (conformance/suite/ledger.cc), and harness/ledgers/README.md describes.
KEYS = ("implementation", "entries")
ENTRY_KEYS = (
    "clause",
    "start_methods",
    "platforms",
    "version",
    "reason",
    "reproduction",
    "now_and_then",
    "blocks",
    "link",
)
# Begins the reason of an entry that still has to be looked into; the suite knows it, too.
NO_REASON_YET = "TO DO"


def find(choice: str | None, driver: Driver, paths: Paths, law: Law) -> Path | None:
    """The ledger for this driver: the one given, the tree's own, or none. It is checked first."""
    if choice == "none":
        return None
    path = Path(choice) if choice else paths.ledgers / f"{driver.implementation}.json"
    if not choice and not path.is_file():
        return None
    read(path, law)
    return path.resolve()


def _check_keys(path: Path, whose: str, content: Record, known: tuple[str, ...]) -> None:
    """A misspelt condition would make an entry apply everywhere."""
    for key in content:
        if key not in known:
            raise UsageError(
                f"{path}: {whose} has the unknown key {key!r}.{did_you_mean(key, known)}"
            )


def read(path: Path, law: Law, unfinished: bool = False) -> Record:
    """The content of a ledger; raises UsageError for a file that is none.

    With `unfinished`, reasons that are still to be written are good enough.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"cannot read the ledger {path}: {error.strerror}. 'psq ledger update RESULTS LEDGER' makes one of "
            'the results of a run; "--ledger none" judges without one.'
        ) from error
    except ValueError as error:
        raise UsageError(f"{path} is no ledger: {error}") from error
    try:
        content: Record = json_text.parse(text)
        entries = content["entries"]
        texts = [content["implementation"]]
        clauses = [(entry["clause"], entry["reason"]) for entry in entries]
        if not all(isinstance(text, str) for text in [*texts, *(t for c in clauses for t in c)]):
            raise TypeError("the implementation, a clause or a reason is no text")
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path} is no ledger: {type(error).__name__}: {error}. It is "
            '{"implementation":…,"entries":[{"clause":…,"reason":…}]}; '
            '"--ledger none" judges without one.'
        ) from error
    _check_keys(path, "it", content, KEYS)
    for entry in entries:
        _check_keys(path, f"the entry for {entry['clause']}", entry, ENTRY_KEYS)
        _check_entry(path, entry, law, unfinished)
    return content


def _check_entry(path: Path, entry: Record, law: Law, unfinished: bool) -> None:
    clause = entry["clause"]
    if clause not in law.clauses:
        raise UsageError(
            f"{path}: no clause is named {clause!r}." + did_you_mean(clause, law.clauses)
        )
    if not law.tests_of(clause):
        raise UsageError(f"{path}: no test decides {clause}: take out its entry")
    if not entry["reason"]:
        raise UsageError(f"{path}: the entry for {clause} gives no reason")
    if entry["reason"].startswith(NO_REASON_YET) and not unfinished:
        raise UsageError(
            f"{path}: the entry for {clause} has no reason yet: write why it fails in the place of "
            f"{NO_REASON_YET!r}"
        )
