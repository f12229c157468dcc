"""The table of a campaign, as Markdown."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import Iterable, Iterator, Sequence

from plan import Implementation, Planned
from store import Finished
from verdicts import Count, Unusual, Usual, count_of, unusual_of, usual_verdicts

from psq.base.paths import SOURCE
from psq.base.status import Status
from psq.results.run import status_of

_HEAD = (
    "implementation",
    "load",
    "runs",
    "tests judged",
    "fails",
    "inconclusive",
    "per 1,000",
    "other",
    "minutes a run",
)
_MESSAGE_LENGTH = 400


class Table:
    """What one commit's finished runs amount to."""

    def __init__(
        self,
        commit: str,
        runs: Sequence[Finished],
        plan: Sequence[Planned],
        implementations: Sequence[Implementation],
    ) -> None:
        self.commit = commit
        self._runs = runs
        self._plan = plan
        self._third_parties = [each.driver for each in implementations if not each.conforms]
        strict = [each.driver for each in implementations if each.conforms]
        self._usual: Usual = usual_verdicts(runs, strict)
        self.unusual: list[Unusual] = []
        self.total = Count()
        self._counts: dict[tuple[str, str], Count] = {}
        for finished in runs:
            self._add(finished)

    def _add(self, finished: Finished) -> None:
        unusual = unusual_of(finished, self._usual)
        self.unusual += unusual
        count = count_of(finished, unusual)
        key = (finished.planned.implementation, finished.planned.load)
        self._counts.setdefault(key, Count()).add(count)
        self.total.add(count)

    def status(self) -> Status:
        """Conforms: no failure, and fewer than one inconclusive in 1,000 tests."""
        if self.total.broken:
            return Status.INTERNAL
        if self.total.failures:
            return Status.DOES_NOT_CONFORM
        if 1000 * self.total.undecided >= self.total.judged:  # also when nothing was judged
            return Status.INCONCLUSIVE
        return Status.CONFORMS

    def sentence(self) -> str:
        total = self.total
        return (
            f"{total.runs} of {len(self._plan)} planned runs of {self.commit}: "
            f"{total.judged:,} tests judged, {total.failures} fails, {total.undecided} inconclusive "
            f"({total.per_thousand()} in 1,000)"
            + (f"; {total.broken} runs went wrong themselves" if total.broken else "")
        )

    def markdown(self) -> str:
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield f"## Commit `{self.commit}`"
        yield ""
        yield self.sentence() + "."
        yield ""
        yield _row(_HEAD)
        yield "|---|---|" + "---:|" * (len(_HEAD) - 2)
        for (implementation, load), count in self._rows():
            yield _row([f"`{implementation}`", load, *_cells(count)])
        yield _row(["all", "", *_cells(self.total)])
        yield ""
        yield from self._missing()
        yield from self._usual_failures()
        yield from self._evidence()

    def _rows(self) -> list[tuple[tuple[str, str], Count]]:
        """Those that have runs, in the order of the plan."""
        pairs = dict.fromkeys((each.implementation, each.load) for each in self._plan)
        pairs.update(dict.fromkeys(self._counts))
        order = {name: number for number, name in enumerate(dict.fromkeys(p[0] for p in pairs))}
        ranked = sorted((pair for pair in pairs if pair in self._counts), key=lambda p: order[p[0]])
        return [(pair, self._counts[pair]) for pair in ranked]

    def _missing(self) -> Iterator[str]:
        """The planned runs that are not finished."""
        done = Counter((each.planned.implementation, each.planned.load) for each in self._runs)
        planned = Counter((each.implementation, each.load) for each in self._plan)
        lacks: dict[str, list[str]] = {}
        for (implementation, load), count in planned.items():
            if count > done[implementation, load]:
                lacks.setdefault(implementation, []).append(
                    f"{load} {count - done[implementation, load]}"
                )
        if lacks:
            yield "Runs of the plan that are not finished:"
            yield ""
            yield from (f"- `{name}`: {', '.join(loads)}" for name, loads in lacks.items())
            yield ""

    def _usual_failures(self) -> Iterator[str]:
        counts = Counter(
            implementation
            for (implementation, _), verdict in self._usual.items()
            if implementation in self._third_parties and status_of(verdict) != Status.CONFORMS
        )
        for implementation, count in counts.items():
            yield f"`{implementation}` fails {count} tests in each run; the table has them not."
            yield ""

    def _evidence(self) -> Iterator[str]:
        yield f"### Unusual verdicts: {len(self.unusual)}"
        yield ""
        for each in self.unusual:
            yield from _entry(each)
        for finished in self._runs:
            for problem in finished.run.problems if finished.run else ["no results"]:
                yield f"- run `{finished.planned.id}` went wrong: {_short(problem)}"


def _cells(count: Count) -> Iterable[str]:
    minutes = f"{count.seconds / count.runs / 60:.1f}" if count.runs else "·"
    numbers = (count.runs, count.judged, count.failures, count.undecided)
    return [*(f"{each:,}" for each in numbers), count.per_thousand(), str(count.otherwise), minutes]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _entry(unusual: Unusual) -> Iterator[str]:
    record, finished = unusual.record, unusual.finished
    planned = finished.planned
    clause = record.get("clause") or record["clauses"][0]
    yield (
        f"- **{unusual.verdict}** (usually {unusual.usual}) `{record['test']}` of `{clause}`, "
        f"`{planned.implementation}`, {planned.load}, run {planned.index}"
    )
    message = record.get("message") or "no message"
    yield f"  - {_short(message)}"
    seed = str(record.get("seed", finished.seed))
    replay = ["psq", "check", planned.implementation, "--test", record["test"], "--seed", seed]
    yield f"  - replay: `{shlex.join(replay)}`"


def _short(text: str) -> str:
    """In one line, with files named from the top of the tree."""
    text = " ".join(text.replace(f"{SOURCE}/", "").split())
    return text if len(text) <= _MESSAGE_LENGTH else text[: _MESSAGE_LENGTH - 1] + "…"
