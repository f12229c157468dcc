"""Plays the checks against a driver and reports the rules of spec/driver-protocol.md that it breaks."""

from __future__ import annotations

import fnmatch
import sys
from typing import Sequence

from psq.controller.messages import Schemas
from psq.controller.peer import Broken
from psq.controller.session import Session
from psq.base.subreaper import subreaper
from psq.base.visible import visible

# Each of these modules adds its checks to the list, in this order.
from psq.driver_check import checks_of_requests  # noqa: F401
from psq.driver_check import checks_of_objects  # noqa: F401
from psq.driver_check import checks_of_payloads  # noqa: F401
from psq.driver_check import checks_of_runs  # noqa: F401
from psq.driver_check import checks_of_spawning  # noqa: F401
from psq.driver_check import checks_of_ending  # noqa: F401
from psq.driver_check import checks_of_sending  # noqa: F401
from psq.driver_check import checks_of_signals  # noqa: F401
from psq.driver_check.rules import ALWAYS, AT_START, CHECKS, FIRST, Check, NoQueue, declares


class Judge:
    """Plays checks against a driver and keeps the problems that each finds."""

    def __init__(self, command: Sequence[str], answer_within: float, schemas: Schemas) -> None:
        self._command = command
        self._answer_within = answer_within
        self._schemas = schemas
        self.problems: dict[str, list[str]] = {}
        self.not_played: dict[str, str] = {}
        self.passed: set[str] = set()
        self.hello: dict | None = None

    def start(self) -> bool:
        """Play connection and hello; returns whether the other checks can be played."""
        try:
            with self._session() as session:
                self.hello = session.hello
        except Broken as broken:
            self._note(broken.rule or "hello.comes", str(broken))
        except OSError as error:
            self._note("connect.connects", f"cannot start {self._command[0]!r}: {error.strerror}")
        names = [rule.name for rule in AT_START]
        broken_at = [names.index(name) for name in self.problems if name in names]
        self.passed.update(names[: min(broken_at, default=len(names))])
        return self.hello is not None

    def play(self, rule: Check) -> None:
        """Play one check on a driver of its own."""
        assert self.hello is not None
        lacking = [need for need in rule.needs if not declares(self.hello, need)]
        blocked = [name for name in rule.after if name not in self.passed]
        if lacking:
            self.not_played[rule.name] = f"not declared: {', '.join(lacking)}"
        elif blocked:
            self.not_played[rule.name] = f"says nothing without {', '.join(blocked)}"
        elif self._holds(rule):
            self.passed.add(rule.name)

    def _holds(self, rule: Check) -> bool:
        try:
            with self._session() as session:
                rule.play(session)
            return rule.name not in self.problems
        except NoQueue:
            self.not_played[rule.name] = "not declared: a queue with put and get"
        except Broken as broken:
            self._note(broken.rule or rule.name, f"{broken}")
            if broken.rule not in (None, rule.name):
                self.not_played[rule.name] = f"ended early, see {broken.rule}"
        return False

    def _session(self) -> Session:
        return Session(self._command, self._answer_within, self._schemas, self._note, {})

    def _note(self, name: str, problem: str) -> None:
        found = self.problems.setdefault(name, [])
        if problem not in found:
            found.append(problem)


def judge_driver(judge: Judge, chosen: list[Check]) -> bool:
    """Plays these checks, prints the result of each, and returns whether the driver passes all."""
    with subreaper():
        results = _play(judge, chosen)
    ok, broken, other = (results.count(each) for each in ("ok", "BROKEN", "-"))
    print(f"{ok} ok, {broken} broken, {other} not played")
    return ok > 0 and not broken


def _play(judge: Judge, chosen: list[Check]) -> list[str]:
    results: list[str] = []
    if judge.start():
        for rule in chosen:
            judge.play(rule)
            results.append(_report(judge, rule))
        judge.passed.update(rule.name for rule in ALWAYS)
        results += [_report(judge, rule) for rule in [*AT_START, *ALWAYS]]
    else:
        results += [_report(judge, rule) for rule in AT_START]
        print(f"The {len(ALWAYS) + len(chosen)} checks behind the start were not played.")
    return results


def choose(globs: list[str]) -> list[Check]:
    """The checks that match, and those that they come after; none when nothing matches."""
    if not globs:
        return CHECKS
    wanted = _matching(CHECKS, globs)
    if _matching(ALWAYS, globs):
        return CHECKS  # Every check shows these rules.
    if _matching(AT_START, globs):
        wanted.add(FIRST)
    grown: set[str] = set()
    while grown != wanted:
        grown = set(wanted)
        wanted |= {name for rule in CHECKS if rule.name in wanted for name in rule.after}
    return [rule for rule in CHECKS if rule.name in wanted]


def _matching(rules: list[Check], globs: list[str]) -> set[str]:
    return {rule.name for rule in rules for glob in globs if fnmatch.fnmatch(rule.name, glob)}


def list_checks() -> None:
    for rule in [*AT_START, *ALWAYS, *CHECKS]:
        print(f"{rule.name:26} {rule.rule}")


def _report(judge: Judge, rule: Check) -> str:
    """Prints the result of a check and returns it: ok, BROKEN or -."""
    problems = judge.problems.get(rule.name, [])
    result = "BROKEN" if problems else "ok" if rule.name in judge.passed else "-"
    reason = judge.not_played.get(rule.name, "not played: see above")
    print(f"{result:7} {rule.name:26} {reason if result == '-' else rule.rule}")
    for problem in problems[:3]:
        print("          " + visible(problem).replace("\n", "\n          "))
    if len(problems) > 3:
        print(f"          and {len(problems) - 3} more")
    sys.stdout.flush()
    return result
