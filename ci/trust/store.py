"""The state of a campaign: a folder with the results of each finished run, apart by commit.

runs/COMMIT/ID.json      what the run was: commit, implementation, load, seed, seconds, status; written last
runs/COMMIT/ID.jsonl     its results, a line a test
runs/COMMIT/ID.evidence  what the suite kept of failures
work/                    what unfinished runs have written; a run that was interrupted is done again
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from plan import Planned

from psq.base.status import UsageError
from psq.results import result_file
from psq.results.run import Run


@dataclass(frozen=True)
class Finished:
    """A run that has ended, with its results."""

    planned: Planned
    commit: str
    seed: int
    seconds: float
    status: int
    # Its results; None when it ended without any.
    run: Run | None
    evidence: Path


class Store:
    def __init__(self, folder: Path) -> None:
        self._runs = folder / "runs"
        self.work = folder / "work"

    def clear(self) -> None:
        """Drops every run, of each commit."""
        for folder in (self._runs, self.work):
            shutil.rmtree(folder, ignore_errors=True)

    def commits(self) -> list[str]:
        """Those that have finished runs, the latest last."""
        if not self._runs.is_dir():
            return []
        latest = {
            folder.name: max(path.stat().st_mtime for path in folder.glob("*.json"))
            for folder in self._runs.iterdir()
            if any(folder.glob("*.json"))
        }
        return sorted(latest, key=lambda name: latest[name])

    def is_finished(self, planned: Planned, commit: str) -> bool:
        return self._facts(planned, commit).is_file()

    def results(self, planned: Planned, commit: str) -> Path:
        return self._runs / commit / f"{planned.id}.jsonl"

    def keep(self, planned: Planned, commit: str, evidence: Path, facts: dict[str, Any]) -> None:
        """Records a run that has ended; from now on it is finished."""
        path = self._facts(planned, commit)
        kept = path.with_suffix(".evidence")
        shutil.rmtree(kept, ignore_errors=True)
        if evidence.is_dir():
            shutil.move(str(evidence), str(kept))
        record = {**asdict(planned), "commit": commit, **facts}
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        new.rename(path)

    def adopt(self, planned: Planned, commit: str, other: Store, host: str) -> bool:
        """Takes over a finished run of another store, which was made on another machine; or says that it has none."""
        theirs = other._facts(planned, commit)
        if not theirs.is_file():
            return False
        results = self.results(planned, commit)
        results.parent.mkdir(parents=True, exist_ok=True)
        if other.results(planned, commit).is_file():
            shutil.move(str(other.results(planned, commit)), str(results))
        facts = {**json.loads(theirs.read_text(encoding="utf-8")), "host": host}
        self.keep(planned, commit, theirs.with_suffix(".evidence"), facts)
        return True

    def finished(self, commit: str, tests: tuple[str, ...] = ()) -> list[Finished]:
        """The finished runs of a commit with this choice of tests."""
        found = [self._load(path) for path in sorted((self._runs / commit).glob("*.json"))]
        return [each for each in found if each.planned.tests == tests]

    def _facts(self, planned: Planned, commit: str) -> Path:
        return self._runs / commit / f"{planned.id}.json"

    def _load(self, path: Path) -> Finished:
        try:
            facts = json.loads(path.read_text(encoding="utf-8"))
            planned = Planned(
                facts["implementation"], facts["load"], facts["index"], tuple(facts["tests"])
            )
            seed, seconds, status = facts["seed"], facts["seconds"], facts["status"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{path} is no record of a campaign: {error!r}") from error
        evidence = path.with_suffix(".evidence")
        run = self._results_of(path.with_suffix(".jsonl"))
        return Finished(planned, path.parent.name, seed, seconds, status, run, evidence)

    def _results_of(self, path: Path) -> Run | None:
        return result_file.load(path) if path.is_file() else None
