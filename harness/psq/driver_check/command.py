"""psq driver-check: is a driver itself right?

Plays good, odd and slow requests against a driver and says which rules of spec/driver-protocol.md
it breaks.  It shares nothing with the conformance suite but the page: it is a second opinion.
"""

from __future__ import annotations

import argparse
import ctypes
import fnmatch
import sys
from pathlib import Path
from typing import Dict, List, NoReturn, Optional, Sequence, Set

# Each of these modules adds its checks to the list, in this order.
from psq.driver_check import checks_of_requests  # noqa: F401  isort: skip
from psq.driver_check import checks_of_objects  # noqa: F401  isort: skip
from psq.driver_check import checks_of_payloads  # noqa: F401  isort: skip
from psq.driver_check import checks_of_runs  # noqa: F401  isort: skip
from psq.driver_check import checks_of_processes  # noqa: F401  isort: skip
from psq.driver_check import checks_of_sending  # noqa: F401  isort: skip
from psq.controller.messages import Schemas
from psq.controller.peer import Broken
from psq.driver_check.rules import ALWAYS, AT_START, CHECKS, FIRST, Check, NoQueue, declares
from psq.controller.session import Session

OK, BROKEN, USAGE, INTERNAL = 0, 3, 64, 70
_PR_SET_CHILD_SUBREAPER = 36
_PR_GET_CHILD_SUBREAPER = 37
_SCHEMAS = Path(__file__).resolve().parents[3] / "spec" / "schemas"


class Judge:
    """Plays checks against a driver and keeps what each of them saw."""

    def __init__(self, command: Sequence[str], patience: float, schemas: Schemas) -> None:
        self._command = command
        self._patience = patience
        self._schemas = schemas
        self.problems: Dict[str, List[str]] = {}
        self.not_played: Dict[str, str] = {}
        self.passed: Set[str] = set()
        self.hello: Optional[dict] = None

    def start(self) -> bool:
        """Play the start: connection and hello.  Whether the rest can be played."""
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
        return Session(self._command, self._patience, self._schemas, self._note)

    def _note(self, name: str, problem: str) -> None:
        found = self.problems.setdefault(name, [])
        if problem not in found:
            found.append(problem)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def _parser() -> _Parser:
    parser = _Parser(
        prog="psq driver-check", allow_abbrev=False,
        usage="psq driver-check [--patience S] [--check GLOB]... [--list] -- COMMAND...",
        description="Is a driver itself right? Plays good, odd and slow requests against it.",
        epilog="exit status: 0 the driver keeps every rule that was checked, 3 it is broken, "
               "64 wrong usage")
    parser.add_argument("--patience", metavar="S", type=_positive, default=20.0,
                        help="seconds to wait for anything before it counts as missing (20)")
    parser.add_argument("--check", metavar="GLOB", action="append", default=[],
                        help="only these checks, and what they need")
    parser.add_argument("--list", action="store_true", help="say what is checked, and stop")
    parser.add_argument("command", metavar="COMMAND", nargs="*", help="the driver's command")
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds above 0")
    return value


def main(argv: Sequence[str]) -> int:
    """Run the command with these arguments.  Returns the exit status."""
    before, dashes, command = _split(list(argv))
    try:
        options = _parser().parse_args(before)
    except SystemExit as ended:
        return int(ended.code or 0)
    command = command if dashes else options.command
    if options.list:
        _list_checks()
        return OK
    if not command or (dashes and options.command):
        print("psq driver-check: give the driver's command: psq driver-check -- COMMAND...",
              file=sys.stderr)
        return USAGE
    chosen = _choose(options.check)
    if not chosen:
        print(f"psq driver-check: no check matches {' '.join(options.check)}; see --list",
              file=sys.stderr)
        return USAGE
    try:
        schemas = Schemas(_SCHEMAS)
    except OSError as error:
        print(f"psq driver-check: the schemas are missing: {error}", file=sys.stderr)
        return INTERNAL
    before_reaper = _set_subreaper(1)
    try:
        return _judge(Judge(command, options.patience, schemas), chosen)
    finally:
        _set_subreaper(before_reaper)


def _judge(judge: Judge, chosen: List[Check]) -> int:
    words: List[str] = []
    if judge.start():
        for rule in chosen:
            judge.play(rule)
            words.append(_report(judge, rule))
        judge.passed.update(rule.name for rule in ALWAYS)
        words += [_report(judge, rule) for rule in [*AT_START, *ALWAYS]]
    else:
        words += [_report(judge, rule) for rule in AT_START]
        print(f"The {len(ALWAYS) + len(chosen)} checks behind the start were not played.")
    ok, broken, other = (words.count(word) for word in ("ok", "BROKEN", "-"))
    print(f"{ok} ok, {broken} broken, {other} not played")
    return BROKEN if broken or not ok else OK


def _split(argv: List[str]) -> tuple:
    if "--" not in argv:
        return argv, False, []
    at = argv.index("--")
    return argv[:at], True, argv[at + 1 :]


def _choose(globs: List[str]) -> List[Check]:
    if not globs:
        return CHECKS
    wanted = _matching(CHECKS, globs)
    if _matching(ALWAYS, globs):
        return CHECKS  # Every one of them shows it.
    if _matching(AT_START, globs):
        wanted.add(FIRST)
    grown: Set[str] = set()
    while grown != wanted:
        grown = set(wanted)
        wanted |= {name for rule in CHECKS if rule.name in wanted for name in rule.after}
    return [rule for rule in CHECKS if rule.name in wanted]


def _matching(rules: List[Check], globs: List[str]) -> Set[str]:
    return {rule.name for rule in rules for glob in globs if fnmatch.fnmatch(rule.name, glob)}


def _list_checks() -> None:
    for rule in [*AT_START, *ALWAYS, *CHECKS]:
        print(f"{rule.name:26} {rule.rule}")


def _report(judge: Judge, rule: Check) -> str:
    """Print what a check came to; returns its word."""
    problems = judge.problems.get(rule.name, [])
    word = "BROKEN" if problems else "ok" if rule.name in judge.passed else "-"
    reason = judge.not_played.get(rule.name, "not played: see above")
    print(f"{word:7} {rule.name:26} {reason if word == '-' else rule.rule}")
    for problem in problems[:3]:
        print("          " + problem.replace("\n", "\n          "))
    if len(problems) > 3:
        print(f"          and {len(problems) - 3} more")
    sys.stdout.flush()
    return word


def _set_subreaper(value: int) -> int:
    """Make this process the one that reaps orphans, or not; returns what it was."""
    libc = ctypes.CDLL(None)
    before = ctypes.c_int()
    libc.prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(before), 0, 0, 0)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, value, 0, 0, 0)
    return before.value
