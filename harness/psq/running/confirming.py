"""Failures once more: how often does each of them come again?"""

from __future__ import annotations

from collections import Counter

from psq.results.run import Record, Run

_FAILED = "fail"


class Confirming:
    """Collects the repeats of the tests that failed; no verdict changes by them."""

    def __init__(self, times: int) -> None:
        self._times = times
        self._verdicts: dict[str, Counter[str]] = {}

    def wanted(self, run: Run) -> list[tuple[str, int]]:
        """The names of tests to repeat, and which repeat of theirs it is."""
        failed = [test for test, record in run.tests.items() if record["verdict"] == _FAILED]
        self._verdicts = {test: Counter() for test in failed}
        return [(test, repeat) for repeat in range(1, self._times + 1) for test in failed]

    def add(self, record: Record) -> None:
        self._verdicts[record["test"]][record["verdict"]] += 1

    def confirmed(self, run: Run) -> list[Record]:
        """The records of the failures, each with what its repeats gave."""
        return [
            {
                **run.tests[test],
                "confirmed": dict(seen),
                "card": _with_line(str(run.tests[test].get("card") or ""), seen, self._times),
            }
            for test, seen in self._verdicts.items()
        ]


def sentence(seen: Counter[str], times: int) -> str:
    """`failed in 4 of 5 repeats with this seed (1 pass)`."""
    others = [f"{count} {verdict}" for verdict, count in seen.items() if verdict != _FAILED]
    if absent := times - sum(seen.values()):
        others.append(f"{absent} without a verdict")
    rest = f" ({', '.join(others)})" if others else ""
    return f"failed in {seen[_FAILED]} of {times} repeats with this seed{rest}"


def _with_line(card: str, seen: Counter[str], times: int) -> str:
    return f"{card.rstrip()}\n      repeats    {sentence(seen, times)}\n"
