"""The shares of a soak that run apart, and their results as those of one soak."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

from psq.base.status import InternalError, worst
from psq.results.result_file import Tail, Writer
from psq.results.run import Record


@dataclass(frozen=True)
class Shard:
    """The programs with every `of`-th seed, from the `number`-th on; at most so many `programs`."""

    number: int
    of: int
    programs: int | None = None

    @property
    def name(self) -> str:
        return f"share {self.number} of {self.of}"


def programs_of(programs: int | None, number: int, of: int) -> int | None:
    """How many of the first `programs` are in that share."""
    return None if programs is None else (programs - number) // of + 1


def merge(parts: Sequence[Path], target: Path, *, whole: bool) -> None:
    """Writes the results of shares as those of one soak; they have an end when they are the whole of it."""
    found = [records for records in map(_records, parts) if records]
    if not found:
        return
    seen: Counter[str] = Counter()
    failures = []
    for records in found:
        progress = [each for each in records if each["record"] == "progress"]
        seen.update(progress[-1]["seen"] if progress else {})
        failures += [each for each in records if each["record"] == "failure"]
    failures.sort(key=lambda each: each["seed"])
    with Writer(target) as writer:
        for record in found[0]:
            if record["record"] == "plan":
                writer.write({**record, "shard": 1, "shards": 1})
            elif record["record"] == "implementation":
                writer.write(record)
        writer.write({"record": "progress", "seen": dict(seen), "failures": len(failures)})
        for record in failures:
            writer.write(record)
        ends = [each for records in found for each in records if each["record"] == "end"]
        if whole and len(ends) == len(parts):
            status = int(worst(each["status"] for each in ends))
            writer.write({"record": "end", "mode": "soak", "status": status})


def _records(path: Path) -> list[Record]:
    try:
        return [each for each in Tail(path).read() if each["record"]]
    except (ValueError, KeyError, TypeError) as error:
        raise InternalError(f"{path}: results that cannot be read: {error!r}") from error
