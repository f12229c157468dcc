"""A certificate: what one whole run showed, in a file that can be checked against the run's results."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema

from psq.base import json_text
from psq.base.paths import SCHEMAS
from psq.base.status import SENTENCES, UsageError
from psq.law.clause_table import Law
from psq.results import tally
from psq.results.comparable import narrowed_by, why_no_verdict
from psq.results.run import Run

Certificate = dict[str, Any]

_SCHEMA = SCHEMAS / "certificate.schema.json"
_EVIDENCE = ("programs", "operations", "overlapping")


def make(run: Run, law: Law) -> Certificate:
    """The certificate of a stored run, always the same for the same results; raises UsageError for a
    run that was filtered, or gave no verdict."""
    if reason := why_no_verdict(run):
        raise UsageError(f"no certificate: {run.path} gave no verdict: {reason}; judge it again")
    if narrowed := narrowed_by(run, law):
        raise UsageError(
            f"no certificate: {run.path} is a filtered run, without the rest: {narrowed}; "
            "a certificate is for the whole law"
        )
    about = run.plan.get("about")
    if not about:
        raise UsageError(
            f"no certificate: {run.path} does not say which psq judged, and where: it is of an "
            "older psq; judge it again"
        )
    try:
        content = _content(run, about)
        _validate(content)
    except (KeyError, TypeError, ValueError, AttributeError, OSError) as error:
        raise UsageError(f"no certificate: {run.path} lacks what it needs: {error!r}") from error
    return content


def _content(run: Run, about: dict[str, Any]) -> Certificate:
    status = run.status()
    hello = run.implementation
    content = {
        "certificate": 1,
        "implementation": {
            "name": hello["implementation"],
            **{key: hello[key] for key in ("version", "language", "start_method")},
            "profiles": sorted(hello["profiles"]),
        },
        "verdict": SENTENCES[status],
        "status": int(status),
        "law": {"digest": run.plan["clause_digest"]},
        "psq": about["psq"],
        "tests": _tests(run),
        "clauses": _clauses(run),
        "driver": {
            "name": run.name,
            "command": run.plan["driver"],
            "ledger": about["ledger"],
        },
        "platform": about["platform"],
        "seed": run.plan["seed"],
        "patience": about["patience"],
        "evidence": _evidence(run),
    }
    return {**content, "digest": digest_of(content)}


def _tests(run: Run) -> dict[str, Any]:
    return {
        "planned": len(run.planned),
        "ran": len(run.tests),
        "times_each": int(run.plan.get("repeat") or 1),
        "thorough": bool(run.thorough_run),
        "thorough_left_out": len(run.thorough_left_out),
        "verdicts": dict(sorted(run.counts.items())),
    }


def _clauses(run: Run) -> dict[str, Any]:
    verdicts = {clause: cell.verdict for clause, cell in tally.cells(run).items()}

    def those(*wanted: str) -> list[str]:
        return [clause for clause, verdict in verdicts.items() if verdict in wanted]

    return {
        "verdicts": dict(sorted(Counter(verdicts.values()).items())),
        "not_kept": those("fail", "blocked", "unexpected-pass"),
        "known_failures": those("expected-fail"),
        "deviations": those("deviates"),
        "unsupported": those("unsupported"),
    }


def _evidence(run: Run) -> dict[str, Any]:
    assert run.path is not None
    seen = [record.get("seen") or {} for record in run.tests.values()]
    return {
        "results": run.path.name,
        "sha256": hashlib.sha256(run.path.read_bytes()).hexdigest(),
        **{key: sum(int(each.get(key, 0)) for each in seen) for key in _EVIDENCE},
    }


def digest_of(content: Certificate) -> str:
    """SHA-256 of all but the digest itself."""
    rest = {key: value for key, value in content.items() if key != "digest"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def load(path: Path) -> Certificate:
    """A certificate that is as it was made; raises UsageError for any other file."""
    try:
        content = json_text.parse(path.read_text(encoding="utf-8"))
        _validate(content)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} is no certificate of psq: {error}") from error
    if digest_of(content) != content["digest"]:
        raise UsageError(f"{path} was changed after it was made: its digest is another one")
    return content


def differences(one: Certificate, other: Certificate) -> list[str]:
    """The fields in which two certificates differ."""
    return [key for key in one if key != "digest" and one[key] != other.get(key)]


def text_of(content: Certificate) -> str:
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _validate(content: Any) -> None:
    """Raises ValueError with the first thing that is not as the schema says."""
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    errors = jsonschema.Draft202012Validator(schema).iter_errors(content)
    for error in sorted(errors, key=lambda each: str(each.json_path)):
        raise ValueError(f"{error.json_path}: {error.message:.200}")
