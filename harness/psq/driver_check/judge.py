"""Plays the checks against a driver and finds the rules of spec/driver-protocol.md that it breaks."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from typing import Callable, Sequence

from psq.controller.messages import Schemas
from psq.controller.peer import Broken, Recorder, Silent
from psq.controller.session import Session

# Each of these modules adds its checks to the list, in this order.
from psq.driver_check import checks_of_requests  # noqa: F401
from psq.driver_check import checks_of_hello  # noqa: F401
from psq.driver_check import checks_of_objects  # noqa: F401
from psq.driver_check import checks_of_payloads  # noqa: F401
from psq.driver_check import checks_of_runs  # noqa: F401
from psq.driver_check import checks_of_spawning  # noqa: F401
from psq.driver_check import checks_of_ending  # noqa: F401
from psq.driver_check import checks_of_sending  # noqa: F401
from psq.driver_check import checks_of_signals  # noqa: F401
from psq.driver_check.rules import ALWAYS, AT_START, CHECKS, Check, NoQueue, declares

# A driver that breaks one of these says nothing else: what follows in the same play follows from it.
CAUSES = (
    "message.json",
    "message.length",
    "message.fields",
    "answer.id",
    "defect.none",
)


@dataclass(frozen=True)
class Chosen:
    """What is played, and the names of what is reported."""

    plays: list[Check]
    names: set[str]


class Judge:
    """Plays checks against a driver and keeps the problems that each finds."""

    def __init__(
        self,
        command: Sequence[str],
        answer_within: float,
        schemas: Schemas,
        record: Callable[[str], Recorder] = lambda _: lambda *_: None,
    ) -> None:
        self._command = command
        self._answer_within = answer_within
        self._schemas = schemas
        self._record = record
        self._tried: set[str] = set()
        self._seen_now: list[str] = []
        self.problems: dict[str, list[str]] = {}
        self.not_played: dict[str, str] = {}
        self.passed: set[str] = set()
        self.hello: dict | None = None
        self.cause = ""
        """The check at which the driver fell silent or lost the thread: nothing after it says more."""

    def start(self) -> bool:
        """Play connection and hello; returns whether the other checks can be played."""
        try:
            with self._session("hello") as session:
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
        self._tried.add(rule.name)
        lacking = [need for need in rule.needs if not declares(self.hello, need)]
        blocked = [name for name in rule.after if name in self._tried - self.passed]
        if lacking:
            self.not_played[rule.name] = f"not declared: {', '.join(lacking)}"
        elif blocked:
            self.not_played[rule.name] = f"says nothing without {', '.join(blocked)}"
        elif self._holds(rule):
            self.passed.add(rule.name)

    def _holds(self, rule: Check) -> bool:
        try:
            with self._session(rule.name) as session:
                rule.play(session)
            return rule.name not in self.problems
        except NoQueue:
            self.not_played[rule.name] = "not declared: a queue with put and get"
        except Broken as broken:
            self._blame(rule, broken)
        return False

    def _blame(self, rule: Check, broken: Broken) -> None:
        """Note what ended a play; what follows from another rule that it broke is not noted besides."""
        cause = next((name for name in self._seen_now if name in CAUSES), None)
        if cause is None:
            cause = broken.rule or rule.name
            self._note(cause, f"{broken}")
        if cause != rule.name:
            self.not_played[rule.name] = f"ended early, see {cause}"
        if isinstance(broken, Silent) or broken.rule in CAUSES:
            self.cause = cause

    def _session(self, name: str) -> Session:
        self._seen_now = []
        record = self._record(name)
        return Session(self._command, self._answer_within, self._schemas, self._note, {}, record)

    def _note(self, name: str, problem: str) -> None:
        self._seen_now.append(name)
        found = self.problems.setdefault(name, [])
        if problem not in found:
            found.append(problem)


def choose(globs: list[str]) -> Chosen:
    """The checks that match. The rules of every message are shown by what else is chosen, or by all."""
    rules = [*AT_START, *ALWAYS, *CHECKS]
    if not globs:
        return Chosen(CHECKS, {rule.name for rule in rules})
    names = {rule.name for rule in rules for glob in globs if fnmatch.fnmatch(rule.name, glob)}
    plays = [rule for rule in CHECKS if rule.name in names]
    of_messages = any(rule.name in names for rule in ALWAYS)
    return Chosen(CHECKS if of_messages and not plays else plays, names)
