"""The clause table and the list of tests, as the suite's binary lists them."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field, replace
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
    thorough: bool = False  # planned only with --thorough, or by its own name

    @property
    def file_name(self) -> str:
        """The name for a file or a folder, as the suite makes it."""
        return self.name.replace("/", "+")

    __test__ = False  # not a test of pytest's


@dataclass(frozen=True)
class Filters:
    """What a command line selects; nothing selects every test that is not thorough."""

    globs: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    thorough: bool = False
    levels: tuple[str, ...] = ()
    only: frozenset[str] | None = None  # the names of tests, such as those that failed before
    shard: tuple[int, int] = (1, 1)

    @property
    def whole(self) -> bool:
        return not self.in_words

    @property
    def in_words(self) -> list[str]:
        """What narrows the selection, as options; nothing for the whole law."""
        words = [f"--test {glob}" for glob in self.globs]
        words += [f"--profile {profile}" for profile in self.profiles]
        words += [f"--level {level.lower()}" for level in self.levels]
        words += ["--rerun-failed"] if self.only is not None else []
        words += [f"--shard {self.shard[0]}/{self.shard[1]}"] if self.shard[1] > 1 else []
        return words

    @property
    def of_all_shards(self) -> Filters:
        return replace(self, shard=(1, 1))

    def share(self, tests: list[Test]) -> list[Test]:
        """Of all that is selected, this shard's part: together the shards have each test once."""
        number, count = self.shard
        return tests[number - 1 :: count]

    def plan(self, test: Test) -> bool:
        """Whether a test that the filters match is run: a thorough one if that is asked for."""
        return not test.thorough or self.thorough or test.name in self.globs


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
                line.get("thorough", False),
            )
            for line in _ask(suite, "--list", "--thorough")
        ]
        if not tests:
            raise InternalError(f"{suite} lists no test")
        return Law({clause.id: clause for clause in clauses}, {test.name: test for test in tests})

    def tests_of(self, clause: str, thorough: bool = True) -> list[Test]:
        """The tests that decide a clause, those that are thorough among them or not."""
        return [
            test
            for test in self.tests.values()
            if clause in test.clauses and (thorough or not test.thorough)
        ]

    def level_of(self, clause: str | None, default: str = "MUST") -> str:
        return self.clauses[clause].level if clause in self.clauses else default

    def select(self, filters: Filters) -> list[Test]:
        """The tests that a run with these filters plans, in the suite's order; never none."""
        for profile in filters.profiles:
            self._check_profile(profile)
        for glob in filters.globs:
            self._check_glob(glob)
        matched = self._matched(filters)
        if not matched:
            raise UsageError(
                f"no test matches all of {' and '.join(filters.in_words)}: nothing would be "
                "verified. 'psq list' shows what there is."
            )
        planned = [test for test in matched if filters.plan(test)]
        if not planned:
            raise UsageError(
                f"{', '.join(test.name for test in matched)}: only thorough tests match, so nothing "
                "would be verified; add --thorough."
            )
        shared = filters.share(planned)
        if not shared:
            raise UsageError(
                f"--shard {filters.shard[0]}/{filters.shard[1]} of {len(planned)} tests is empty: "
                "nothing would be verified"
            )
        return shared

    def left_out(self, filters: Filters) -> list[Test]:
        """The thorough tests that the filters match, and that a run with them does not plan."""
        return filters.share([test for test in self._matched(filters) if not filters.plan(test)])

    def _matched(self, filters: Filters) -> list[Test]:
        return [
            test
            for test in self.tests.values()
            if (not filters.globs or any(matches(test, glob) for glob in filters.globs))
            and (not filters.profiles or test.profile in filters.profiles)
            and (not filters.levels or any(map(filters.levels.__contains__, self.levels_of(test))))
            and (filters.only is None or test.name in filters.only)
        ]

    def levels_of(self, test: Test) -> list[str]:
        """The levels of the clauses that a test decides."""
        return [self.level_of(clause) for clause in test.clauses]

    @property
    def profiles(self) -> set[str]:
        return {clause.profile for clause in self.clauses.values()}

    @property
    def levels(self) -> set[str]:
        return {clause.level for clause in self.clauses.values()}

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


def _ask(suite: Path, *question: str) -> list[dict[str, Any]]:
    try:
        answer = subprocess.run(
            [str(suite), *question], capture_output=True, timeout=60, text=True, check=False
        )
        lines = [json.loads(line) for line in answer.stdout.splitlines() if line.strip()]
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        raise InternalError(f"{suite} {question[0]}: {error}") from error
    if answer.returncode != 0:
        raise InternalError(
            f"{suite} {question[0]} ended with status {answer.returncode}: {answer.stderr.strip()}"
        )
    return lines
