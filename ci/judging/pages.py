"""The pages of docs/results, as Markdown: one table of all subjects, and a page each. Pure functions of the runs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Iterable, Iterator, Sequence

import reports
from reports import Report
from subjects import Subject

from psq.base.visible import visible
from psq.law.clause_table import Clause, Law
from psq.results import tally
from psq.results.run import Record, Run

INDEX = "README.md"
_MOST_LETTERS = 300
# What a cell of the matrix shows for a verdict on a clause; "·" is anything that decides nothing.
_MARKS = {"pass": "✓", "fail": "✗", "deviates": "~", "blocked": "b", "inconclusive": "?"}
_LEGEND = (
    "✓ kept · ✗ broken, and again when it was repeated · 1 broken once, and in no repeat · ~ deviates from a SHOULD · "
    "b not decided: a call that the test needs has a defect of its own · ? not decided · · not supported, or not "
    "tested. A sign that is a link leads to a report."
)


@dataclass
class Judged:
    """A subject and its run, without a ledger and with repeated failures."""

    subject: Subject
    run: Run
    known: dict[str, Any] = field(default_factory=dict)
    """The entries of its ledger by clause: reasons and reproductions."""
    reports: Sequence[Report] = ()
    """Those of the subject."""

    def reports_of(self, clause: str) -> list[Report]:
        """The reports that show the clause broken, as their openings or the ledger's entry say."""
        entry = self.known.get(clause) or {}
        name = reports.named(str(entry.get("reproduction") or "")).report
        return [each for each in self.reports if clause in each.clauses or each.name == name]


def all_pages(
    judged: Sequence[Judged],
    absent: Sequence[tuple[Subject, str]],
    law: Law,
    commit: str,
    written: Sequence[Report] = (),
) -> dict[str, str]:
    """The pages by their names; `written` are all reports, those of absent subjects among them."""
    found = {f"{each.subject.slug}.md": _text(_page(each, law)) for each in judged}
    return {INDEX: _text(_index(judged, absent, law, commit, written)), **found}


def mark(run: Run, law: Law, clause: str) -> str:
    """The clause in the matrix."""
    verdict = tally.cell(run, law, clause).verdict
    if verdict == "fail" and not _came_again(run, clause):
        return "1"
    return _MARKS.get(verdict, "·")


def _failures(run: Run, clause: str) -> list[Record]:
    """The records of the tests that failed at the clause."""
    return [
        record
        for record in run.tests.values()
        if record["verdict"] == "fail" and (record.get("clause") or record["clauses"][0]) == clause
    ]


def _came_again(run: Run, clause: str) -> bool:
    return any((each.get("confirmed") or {}).get("fail") for each in _failures(run, clause))


def _marks(run: Run, law: Law) -> dict[str, str]:
    return {clause: mark(run, law, clause) for clause in law.clauses}


def _index(
    judged: Sequence[Judged],
    absent: Sequence[tuple[Subject, str]],
    law: Law,
    commit: str,
    written: Sequence[Report],
) -> Iterator[str]:
    marks = [_marks(each.run, law) for each in judged]
    yield "# Real implementations, judged"
    yield ""
    yield f"Made by `ci/results` with psq at the commit `{commit}`. Each subject was judged by the whole law without a"
    yield "ledger, and each failure was repeated with its seed; a clause is *broken* when a repeat failed, too."
    yield ""
    yield _row(
        (
            "subject",
            "version",
            "kept",
            "broken MUST",
            "seen once",
            "deviates",
            "undecided",
            "not supported",
        )
    )
    yield "|---|---|" + "---:|" * 6
    yield from (_row(_summary(each, mark, law)) for each, mark in zip(judged, marks))
    yield ""
    partial = [each for each in judged if each.run.selection]
    if partial:
        yield "Judged by a part of the law alone: " + ", ".join(
            f"{each.subject.name} ({visible(', '.join(each.run.selection))})" for each in partial
        )
        yield ""
    if absent:
        yield "Not installed where this was made: " + ", ".join(s.name for s, _ in absent) + "."
        yield ""
    if written:
        yield f"## Reports: {len(written)}"
        yield ""
        yield from (f"- `{', '.join(each.drivers)}`: {each}" for each in written)
        yield ""
    yield from _matrix(judged, marks, law)


def _summary(judged: Judged, marks: dict[str, str], law: Law) -> Iterator[str]:
    counts = Counter(marks.values())
    link = f"[{_cell(judged.subject.name)}]({judged.subject.slug}.md)"
    hello = judged.run.implementation
    yield link
    yield _cell(f"{hello.get('implementation', '?')} {hello.get('version', '')}")
    undecided = counts["b"] + counts["?"]
    numbers = (counts["✓"], counts["✗"], counts["1"], counts["~"], undecided, counts["·"])
    yield from map(str, numbers)


def _matrix(judged: Sequence[Judged], marks: list[dict[str, str]], law: Law) -> Iterator[str]:
    differing = [c for c in law.clauses if any(each[c] in "✗1~b?" for each in marks)]
    yield "## What is not kept by all"
    yield ""
    if not differing:
        yield "Each clause that was decided is kept by each subject."
        return
    yield _LEGEND
    yield ""
    yield _row(["clause", "level", *(f"`{_cell(each.subject.driver)}`" for each in judged)])
    yield "|---|---|" + ":-:|" * len(judged)
    for clause in differing:
        cells = (_sign(each, clause, of[clause]) for each, of in zip(judged, marks))
        yield _row([f"`{clause}`", law.clauses[clause].level, *cells])


def _sign(judged: Judged, clause: str, sign: str) -> str:
    """The sign of the matrix: it leads to the report, where there is one of what is not kept.

    What was seen once may have another cause than a report of that clause.
    """
    found = judged.reports_of(clause) if sign in "✗~" else []
    return f"[{sign}]({found[0].link})" if found else sign


def _page(judged: Judged, law: Law) -> Iterator[str]:
    run, marks = judged.run, _marks(judged.run, law)
    yield f"# {_cell(judged.subject.name)}"
    yield ""
    about = run.plan.get("about") or {}
    facts = (
        ("judged", run.title),
        ("again", f"psq check {judged.subject.driver} --ledger none --seed {run.plan.get('seed')}"),
        ("on", _machine(about.get("platform") or {})),
        ("at", str(run.plan.get("started") or "")),
        ("psq", str(about.get("psq") or "")),
        ("law", str(run.plan.get("clause_digest") or "")[:12]),
        ("part", ", ".join(run.selection)),
    )
    yield "| | |"
    yield "|---|---|"
    yield from (_row((name, f"`{_cell(text)}`")) for name, text in facts if text)
    yield ""
    if judged.reports:
        yield f"## Reports: {len(judged.reports)}"
        yield ""
        yield from (f"- {each}" for each in judged.reports)
        yield ""
    for title, sign in (
        ("Broken", "✗"),
        ("Failed once, and in no repeat", "1"),
        ("Deviates from a SHOULD", "~"),
    ):
        clauses = [law.clauses[clause] for clause, each in marks.items() if each == sign]
        if clauses:
            yield f"## {title}: {len(clauses)}"
            yield ""
            for clause in clauses:
                yield from _finding(judged, clause)
    yield from _undecided(run, marks)


def _machine(platform: dict[str, object]) -> str:
    """What a reader compares with his own machine: the name of a kernel's build says nothing there."""
    known = {**platform, "release": str(platform.get("release") or "").partition("-")[0]}
    if "processors" in known:
        known["processors"] = f"{known['processors']} processors"
    return " ".join(str(each) for each in known.values() if each)


def _finding(judged: Judged, clause: Clause) -> Iterator[str]:
    """What was seen of a clause that is not kept."""
    yield f"### `{clause.id}` ({clause.level})"
    yield ""
    yield f"> {_cell(clause.sentence)}"
    yield ""
    for record in _failures(judged.run, clause.id) or _deviations(judged.run, clause.id):
        yield f"- `{record['test']}`, seed {record.get('seed')}: {_confirmed(record)}"
        yield f"  - expected: {_quoted(record.get('expected') or record.get('message') or '')}"
        yield f"  - saw: {_quoted(record.get('saw') or '')}"
    entry = judged.known.get(clause.id)
    if entry:
        yield f"- cause: {_cell(entry['reason'])}"
        shown = reports.named(str(entry.get("reproduction") or "")).text
        if shown:
            yield f"- without psq: {_quoted(shown)}"
        if entry.get("link"):
            yield f"- {_cell(entry['link'])}"
    elif clause.level == "MUST":
        yield "- cause: not looked into yet"
    yield from (f"- report: {each}" for each in judged.reports_of(clause.id))
    yield ""


def _deviations(run: Run, clause: str) -> list[Record]:
    return [
        r for r in run.tests.values() if r["verdict"] == "deviates" and r.get("clause") == clause
    ]


def _confirmed(record: Record) -> str:
    confirmed = record.get("confirmed")
    if not confirmed:
        return "not repeated"
    return f"failed in {confirmed.get('fail', 0)} of {sum(confirmed.values())} repeats"


def _undecided(run: Run, marks: dict[str, str]) -> Iterator[str]:
    undecided = [clause for clause, each in marks.items() if each in "b?"]
    if undecided:
        yield f"## Not decided: {len(undecided)}"
        yield ""
        yield from (f"- `{clause}`: {_why(run, clause)}" for clause in undecided)
        yield ""
    reasons = Counter(
        str(each.get("message") or "")
        for each in run.tests.values()
        if each["verdict"] == "unsupported"
    )
    if reasons:
        yield f"## Not supported: {sum(reasons.values())} tests"
        yield ""
        yield from (f"- {count}: {_quoted(reason)}" for reason, count in reasons.most_common())
        yield ""


def _why(run: Run, clause: str) -> str:
    for record in run.tests.values():
        if clause in record["clauses"] and record["verdict"] in ("blocked", "inconclusive"):
            return _quoted(record.get("message") or record["verdict"])
    return "no verdict"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(text: str) -> str:
    """Text of a stranger's program, in a line of a table."""
    text = visible(" ".join(str(text).split())).replace("|", "\\|")
    return text if len(text) <= _MOST_LETTERS else text[: _MOST_LETTERS - 1] + "…"


def _quoted(text: str) -> str:
    return "`" + _cell(text).replace("`", "'") + "`" if text else "nothing"


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"
