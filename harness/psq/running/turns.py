"""The runs of each test of a repeated run, and the one record that stands for them."""

from __future__ import annotations

from collections import Counter

from psq.base.status import Status
from psq.results.run import Record, status_of
from psq.results.tally import loudest

_FAILED = (Status.DOES_NOT_CONFORM, Status.DRIVER_BROKEN, Status.INTERNAL)


class Turns:
    """Collects the records of a run in which each test is run `repeat` times."""

    def __init__(self, repeat: int) -> None:
        self._repeat = repeat
        self._records: dict[str, dict[int, Record]] = {}
        self.failed = False
        """Whether one of them says that something is wrong; what is undecided is not."""

    def add(self, turn: int, record: Record) -> Record:
        """Takes the record of one turn, or of its repetition; gives the test's record as it is now."""
        record["turn"] = turn
        of_test = self._records.setdefault(record["test"], {})
        of_test[turn] = record
        self.failed = self.failed or status_of(record["verdict"]) in _FAILED
        if self._repeat == 1:
            return record
        verdicts = Counter(each["verdict"] for each in of_test.values())
        return {**loudest(list(of_test.values())), "repeats": dict(verdicts)}

    def undecided(self) -> list[Record]:
        """What is to run once more, alone: nothing of a test that failed in another turn."""
        return [
            record
            for of_test in self._records.values()
            if loudest(list(of_test.values()))["verdict"] == "inconclusive"
            for record in of_test.values()
            if record["verdict"] == "inconclusive"
        ]
