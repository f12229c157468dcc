"""`--baseline`: what an earlier run verified, this one verifies too."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psq.base import json_text
from psq.base.status import UsageError
from psq.law.clause_table import Law
from psq.results import result_file
from psq.results.coverage import is_verified, why_not
from psq.results.run import Record, Run

# What tells apart implementations that cannot be compared.
_SAME = ("implementation", "start_method")


@dataclass(frozen=True)
class Baseline:
    """The tests that were verified, of one implementation."""

    path: Path
    law: Law
    implementation: Record
    verified: frozenset[str]

    def expect_for(self, implementation: Record) -> None:
        for field in _SAME:
            before, now = self.implementation.get(field), implementation.get(field)
            if before and now and before != now:
                raise UsageError(
                    f"--baseline {self.path} is of the {field.replace('_', ' ')} {before}, and this "
                    f"driver judges {now}: there is nothing to compare"
                )

    def unmet(self, run: Run) -> list[str]:
        """Of the tests that are selected; one that the law no longer has is no loss."""
        planned = set(run.planned)
        by_reason: dict[str, list[str]] = {}
        for test in sorted(self.verified & planned & set(self.law.tests)):
            if reason := why_not(run, test):
                by_reason.setdefault(reason, []).append(test)
        return [
            f"verified in {self.path}, and not by this run: {reason}: {', '.join(tests)}"
            for reason, tests in by_reason.items()
        ]


def load(path: Path, law: Law) -> Baseline:
    """Reads results, or a JSON object with `implementation` and the list `verified`; raises UsageError."""
    content = _as_object(path)
    if content is None:
        run = result_file.load(path)
        verified = [test for test, record in run.tests.items() if is_verified(record)]
        implementation = run.implementation
    else:
        verified, implementation = _of_object(path, content)
    if not verified:
        raise UsageError(f"--baseline {path}: nothing was verified in it: there is nothing to keep")
    if not set(verified) & set(law.tests):
        raise UsageError(f"--baseline {path}: the law has none of its tests: it is of another law")
    return Baseline(path, law, implementation, frozenset(verified))


def _as_object(path: Path) -> dict[str, Any] | None:
    """The file as one JSON object; None when it is one of results, or cannot be read as any."""
    try:
        content = json_text.parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and "record" not in content else None


def _of_object(path: Path, content: dict[str, Any]) -> tuple[list[str], Record]:
    verified = content.get("verified")
    names = [content.get(field) for field in _SAME]
    if (
        not isinstance(verified, list)
        or not all(isinstance(test, str) for test in verified)
        or not all(name is None or isinstance(name, str) for name in names)
        or not content.get("implementation")
    ):
        raise UsageError(
            f"--baseline {path} is neither a result file of psq nor a JSON object with "
            "an implementation and the list of the tests that were verified"
        )
    return verified, dict(zip(_SAME, names))
