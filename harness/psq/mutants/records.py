"""The file of what came of each mutant: one JSON object a line, added as mutants end, so that a run can go on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from psq.base.status import UsageError
from psq.mutants.change import Change
from psq.mutants.trial import OUTCOMES, Trial


@dataclass(frozen=True)
class Record:
    """A line of the file; `sources` is the digest of all that was mutated."""

    mutant: str
    sources: str
    outcome: str
    change: str
    code: str  # the line, without the space around it
    where: str = ""
    test: str = ""
    clause: str = ""
    message: str = ""
    seconds: float = 0.0
    verdicts: str = ""


def make(trial: Trial, sources: str, line: str) -> Record:
    return Record(
        mutant=trial.change.name,
        sources=sources,
        outcome=trial.outcome,
        change=trial.change.text,
        code=line,
        where=trial.change.where,
        test=trial.test,
        clause=trial.clause,
        message=" ".join(trial.message.split())[:200],
        seconds=round(trial.seconds, 1),
        verdicts=", ".join(f"{count} {what}" for what, count in sorted(trial.verdicts.items())),
    )


def line_of(change: Change, source: bytes) -> str:
    return source.splitlines()[change.line - 1].decode().strip()


class File:
    """Of several records of one mutant the last one counts; those of other sources count not at all."""

    def __init__(self, path: Path, sources: str) -> None:
        self._path = path
        self.records: dict[str, Record] = {}
        if path.is_dir():
            raise UsageError(f"--results {path} is a folder; name a file")
        if path.exists():
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                record = _parse(line, f"{path}:{number}")
                if record.sources == sources:
                    self.records[record.mutant] = record

    def add(self, record: Record) -> None:
        self.records[record.mutant] = record
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(vars(record)) + "\n")


def _parse(line: str, where: str) -> Record:
    try:
        record = Record(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise UsageError(f"{where} is no result of psq mutants: {error}") from error
    if record.outcome not in OUTCOMES:
        raise UsageError(f"{where}: no outcome is named {record.outcome!r}")
    return record
