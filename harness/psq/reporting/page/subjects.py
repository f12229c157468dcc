"""The implementations as the summary of the page shows them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from psq.base.status import SENTENCES, Status
from psq.law.clause_table import Law
from psq.reporting.page.cards import reason_of
from psq.reporting.kinds import Kind, in_order
from psq.results.defects import defects_of, headline
from psq.results.driver_times import in_words
from psq.results.coverage import gaps, unverified_sentence
from psq.results.run import Run, repeated

_TONES = {Status.CONFORMS: ("good", "\u2713"), Status.INCONCLUSIVE: ("doubt", "?")}


@dataclass(frozen=True)
class Share:
    """A part of the bar of results: its place, from 0 to 1000, and the number that is its label."""

    kind: Kind
    count: int
    start: float
    width: float


def subject(run: Run, kinds: list[str], law: Law) -> dict[str, Any]:
    """One run; `kinds` has the kind of each clause, in any order."""
    status = run.status()
    tone, mark = _TONES.get(status, ("bad", "\u2717"))
    found = defects_of(run)
    return {
        "name": run.name,
        "hello": run.title.removeprefix(run.name).strip(" ()"),
        "tone": tone,
        "mark": mark,
        "verdict": SENTENCES[status],
        "planned": len(run.planned),
        "ran": len(run.tests),
        "seed": run.plan.get("seed"),
        "when": judged_at(run),
        "host": host_of(run),
        "seconds": round(sum(record.get("seconds") or 0 for record in run.tests.values())),
        "shares": shares(kinds),
        "lacks": lacks(run),
        "driver": in_words(run.driver),
        "problems": run.problems,
        "missing": run.missing,
        "selection": ", ".join(run.selection),
        "unmet": run.unmet,
        "unverified": unverified_sentence(run, law),
        "gaps": gaps(run, law),
        "repeated": repeated(run),
        "thorough_run": run.thorough_run,
        "thorough_left_out": run.thorough_left_out,
        "defects": found,
        "runs": [],
        "headline": headline(found) if found else "",
    }


def shares(kinds: list[str]) -> list[Share]:
    """The kinds in the order of the legend, each with its part of the whole."""
    counts = Counter(kinds)
    result, start = [], 0.0
    for kind in in_order(counts):
        width = 1000 * counts[kind.name] / max(1, len(kinds))
        result.append(Share(kind, counts[kind.name], round(start, 1), round(width, 1)))
        start += width
    return result


def lacks(run: Run) -> list[tuple[str, int]]:
    """Why tests are unsupported, the most frequent reason first."""
    reasons = Counter(
        reason_of(record) or "the driver gave no reason"
        for record in run.tests.values()
        if record["verdict"] == "unsupported"
    )
    return reasons.most_common()


def judged_at(run: Run) -> str:
    """When the run began; of results that do not say so, when their file was written."""
    started = run.plan.get("started")
    if started:
        return str(started).replace("T", " ").replace("+00:00", " UTC")
    if run.path is None or not run.path.is_file():
        return ""
    written = datetime.fromtimestamp(run.path.stat().st_mtime, timezone.utc)
    return written.strftime("%Y-%m-%d %H:%M UTC")


def host_of(run: Run) -> str:
    """The machine and the psq, in one line; empty when the results do not say."""
    about = run.plan.get("about") or {}
    machine = about.get("platform")
    known = [run.plan.get("host")]
    if isinstance(machine, dict):
        known.append(
            " ".join(str(machine.get(key, "")) for key in ("system", "release", "machine"))
        )
        known.append(f"{machine.get('processors')} processors")
    known.append(f"psq {about['psq']}" if about.get("psq") else None)
    return ", ".join(str(each) for each in known if each)
