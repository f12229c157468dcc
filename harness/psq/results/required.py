"""`--require`: which part of the law a run must verify, whole."""

from __future__ import annotations

from dataclasses import dataclass

from psq.base.status import UsageError, did_you_mean
from psq.law.clause_table import Filters, Law, Test
from psq.results.coverage import why_not
from psq.results.run import Record, Run

_KINDS = ("profile", "level")


@dataclass(frozen=True)
class Required:
    """Every test of these profiles, of these levels; a thorough one only if it was asked for."""

    law: Law
    profiles: tuple[str, ...]  # those that the hello claims when empty
    levels: tuple[str, ...]  # all when empty

    def expect_selected(self, filters: Filters) -> None:
        """Raises UsageError when the options leave out what is required, other shards apart."""
        selected = {test.name for test in self.law.select(filters.of_all_shards)}
        for profile in self.profiles:
            left = [
                test
                for test in self._tests(profile)
                if filters.plan(test) and test.name not in selected
            ]
            if left:
                raise UsageError(
                    f"--require profile={profile}: {' '.join(filters.in_words)} leaves out "
                    f"{len(left)} of its tests, such as {left[0].name}; require what is selected"
                )

    def expect_for(self, implementation: Record) -> None:
        """Any implementation can be held against it."""

    def unmet(self, run: Run) -> list[str]:
        claimed = run.implementation.get("profiles") or []
        lacks = [
            f"required: the profile {profile}, which the driver does not claim "
            f"(it claims {', '.join(claimed) or 'none'})"
            for profile in self.profiles
            if profile not in claimed
        ]
        by_reason: dict[str, list[str]] = {}
        planned = set(run.planned)
        for profile in [each for each in self.profiles or claimed if each in claimed]:
            for test in self._tests(profile):
                if test.name in planned and (reason := why_not(run, test.name)):
                    by_reason.setdefault(f"{profile}: {reason}", []).append(test.name)
        return lacks + [
            f"required, and not verified of {reason}: {', '.join(tests)}"
            for reason, tests in by_reason.items()
        ]

    def _tests(self, profile: str) -> list[Test]:
        return [
            test
            for test in self.law.tests.values()
            if test.profile == profile
            and (not self.levels or set(self.levels) & set(self.law.levels_of(test)))
        ]


def parse(texts: list[str], law: Law) -> Required:
    """`profile=base,lifecycle` and `level=must`, each any number of times; raises UsageError."""
    wanted: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    for text in texts:
        kind, equals, names = text.partition("=")
        if kind not in wanted or not equals:
            raise UsageError(
                f"--require {text}: write profile=NAME,... or level=NAME,..."
                + did_you_mean(kind, _KINDS)
            )
        known = sorted(law.profiles) if kind == "profile" else sorted(law.levels)
        for name in names.split(","):
            given = name if kind == "profile" else name.upper()
            if given not in known:
                raise UsageError(
                    f"--require {text}: the law has no {kind} {name!r}; there are "
                    f"{', '.join(known)}.{did_you_mean(given, known)}"
                )
            wanted[kind].append(given)
    return Required(law, tuple(wanted["profile"]), tuple(wanted["level"]))
