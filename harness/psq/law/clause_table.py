"""The clause table and the list of tests, as the suite's binary lists them."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from psq.base.status import InternalError, UsageError, did_you_mean


@dataclass(frozen=True)
class Clause:
    id: str
    level: str
    profile: str
    sentence: str
    page: str
    why: str
    source: str
    differs: str = ""
    line: int = 0  # of its heading, in spec/page.md


@dataclass(frozen=True)
class Test:
    name: str
    clauses: tuple[str, ...]
    level: str
    profile: str
    file: str = ""  # from the top of the source tree
    line: int = 0

    @property
    def file_name(self) -> str:
        """The name for a file or a folder, as the suite makes it."""
        return self.name.replace("/", "+")

    __test__ = False  # not a test of pytest's


@dataclass(frozen=True)
class Law:
    clauses: dict[str, Clause]
    tests: dict[str, Test] = field(default_factory=dict)

    @staticmethod
    def load(suite: Path) -> Law:
        """Asks the binary; needs no driver."""
        clauses = [_clause(line) for line in _ask(suite, "--clauses")]
        tests = [
            Test(
                line["test"],
                tuple(line["clauses"]),
                line["level"],
                line["profile"],
                line.get("file", ""),
                line.get("line", 0),
            )
            for line in _ask(suite, "--list")
        ]
        if not tests:
            raise InternalError(f"{suite} lists no test")
        return Law({clause.id: clause for clause in clauses}, {test.name: test for test in tests})

    def tests_of(self, clause: str) -> list[Test]:
        return [test for test in self.tests.values() if clause in test.clauses]

    def level_of(self, clause: str | None, default: str = "MUST") -> str:
        return self.clauses[clause].level if clause in self.clauses else default

    def select(self, globs: list[str], profiles: list[str]) -> list[Test]:
        """The tests that a run with these filters plans, in the suite's order; never none."""
        for profile in profiles:
            self._check_profile(profile)
        for glob in globs:
            self._check_glob(glob)
        chosen = [
            test
            for test in self.tests.values()
            if (not globs or any(matches(test, glob) for glob in globs))
            and (not profiles or test.profile in profiles)
        ]
        if not chosen:
            raise UsageError(
                f"no test matches both --test {' '.join(globs)} and --profile "
                f"{' '.join(profiles)}: nothing would be verified. 'psq list' shows what there is."
            )
        return chosen

    def _check_profile(self, profile: str) -> None:
        known = sorted({test.profile for test in self.tests.values()})
        if profile not in known:
            raise UsageError(
                f"no test is of profile {profile!r}; there are {', '.join(known)}."
                + did_you_mean(profile, known)
            )

    def _check_glob(self, glob: str) -> None:
        if any(matches(test, glob) for test in self.tests.values()):
            return
        if glob in self.clauses:
            raise UsageError(
                f"the clause {glob} has no test of its own, so nothing would be verified "
                "(spec/limits.md says why)."
            )
        raise UsageError(
            f"no clause and no test matches {glob!r}."
            + did_you_mean(glob, [*self.clauses, *self.tests])
            + " 'psq list' shows what there is."
        )


def matches(test: Test, glob: str) -> bool:
    return any(fnmatchcase(name, glob) for name in (test.name, *test.clauses))


def _clause(line: dict[str, Any]) -> Clause:
    return Clause(
        id=line["id"],
        level=line["level"],
        profile=line["profile"],
        sentence=line["sentence"],
        page=line.get("page", "").removesuffix(".md"),
        why=line.get("why") or "",
        source=line.get("source") or "",
        differs=line.get("differs") or "",
        line=line.get("line", 0),
    )


def _ask(suite: Path, question: str) -> list[dict[str, Any]]:
    try:
        answer = subprocess.run(
            [str(suite), question], capture_output=True, timeout=60, text=True, check=False
        )
        lines = [json.loads(line) for line in answer.stdout.splitlines() if line.strip()]
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        raise InternalError(f"{suite} {question}: {error}") from error
    if answer.returncode != 0:
        raise InternalError(
            f"{suite} {question} ended with status {answer.returncode}: {answer.stderr.strip()}"
        )
    return lines
