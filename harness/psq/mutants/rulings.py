"""What was decided about mutants that no test kills: a file of rulings, each with its reason.

A ruling belongs to a change of a line, whatever the line's number: `file`, `code` (the line), `operator` and `change`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from psq.base.status import UsageError
from psq.mutants.records import Record

FOLDER = Path(__file__).resolve().parent / "rulings"
EQUIVALENT = "equivalent"  # no sequence of calls can tell it from the unchanged sources
OUTSIDE = "outside the law"  # it can be told, and the law leaves it open, or does not speak of it
MISSED = "missed"  # a right test would find it, and there is none
RULINGS = (EQUIVALENT, OUTSIDE, MISSED)


@dataclass(frozen=True)
class Ruling:
    file: str
    code: str
    operator: str
    change: str
    ruling: str
    why: str


class Rulings:
    def __init__(self, path: Path) -> None:
        """No file, no rulings. Raises UsageError for a file that is none."""
        self._known: dict[tuple[str, str, str, str], Ruling] = {}
        if not path.is_file():
            return
        try:
            rows = [Ruling(**row) for row in json.loads(path.read_text(encoding="utf-8"))]
        except (ValueError, TypeError) as error:
            raise UsageError(f"{path} holds no rulings: {error}") from error
        for row in rows:
            if row.ruling not in RULINGS or not row.why:
                raise UsageError(f"{path}: {row} needs one of {', '.join(RULINGS)}, and a reason")
            self._known[row.file, row.code, row.operator, row.change] = row

    def of(self, record: Record) -> Optional[Ruling]:
        place, _, operator = record.mutant.partition(" ")
        return self._known.get((place.split(":")[0], record.code, operator, record.change))
