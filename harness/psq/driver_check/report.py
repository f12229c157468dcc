"""Plays the chosen checks, and prints what each found."""

from __future__ import annotations

import sys

from psq.base.subreaper import subreaper
from psq.base.visible import visible
from psq.driver_check.advice import advice_for
from psq.driver_check.judge import Chosen, Judge
from psq.driver_check.rules import ALWAYS, AT_START, CHECKS, Check

_MOST_PROBLEMS = 3


class Report:
    """Prints a line a check, and below it what the driver did."""

    def __init__(self, judge: Judge, chosen: Chosen, explain: bool) -> None:
        self._judge = judge
        self._chosen = chosen
        self._explain = explain
        self._results: list[str] = []
        self._broken: list[str] = []

    def add(self, rule: Check) -> None:
        """Print the result of a check: ok, BROKEN or -."""
        problems = self._judge.problems.get(rule.name, [])
        if rule.name not in self._chosen.names and not problems:
            return
        result = "BROKEN" if problems else "ok" if rule.name in self._judge.passed else "-"
        reason = self._judge.not_played.get(rule.name, "not played: see above")
        print(f"{result:7} {rule.name:26} {visible(reason) if result == '-' else rule.rule}")
        for problem in problems[:_MOST_PROBLEMS]:
            print("          " + visible(problem).replace("\n", "\n          "))
        if len(problems) > _MOST_PROBLEMS:
            print(f"          and {len(problems) - _MOST_PROBLEMS} more")
        if problems and self._explain:
            advice = advice_for(rule.name)
            print(f"          rule:   {advice.place}\n          change: {advice.change}")
        sys.stdout.flush()
        self._results.append(result)
        if problems:
            self._broken.append(rule.name)

    def end(self, left: int) -> bool:
        """Print the sums; returns whether the driver is right."""
        ok, broken, other = (self._results.count(each) for each in ("ok", "BROKEN", "-"))
        if left:
            why = f" behind {self._judge.cause}" if self._judge.cause else " behind the start"
            print(f"The {left} checks{why} were not played: mend that first.")
        if broken > 1:
            print(f"broken: {', '.join(self._broken)}")
        if broken and not self._explain:
            print("--explain names for each finding its rule, and what to change.")
        print(f"{ok} ok, {broken} broken, {other + left} not played")
        return ok > 0 and not broken


def judge_driver(
    judge: Judge, chosen: Chosen, explain: bool = False, keep_going: bool = False
) -> bool:
    """Plays these checks, prints the result of each, and returns whether the driver passes all.

    Unless it shall keep going, it stops at the check at which the driver fell silent or sent what is
    no message: every other check would show the same, each after a wait.
    """
    report = Report(judge, chosen, explain)
    with subreaper():
        left = _play(judge, chosen, report, keep_going)
    return report.end(left)


def _play(judge: Judge, chosen: Chosen, report: Report, keep_going: bool) -> int:
    """Returns how many of the checks were left out."""
    if not judge.start():
        for rule in AT_START:
            report.add(rule)
        return len([rule for rule in [*ALWAYS, *CHECKS] if rule.name in chosen.names])
    left = list(chosen.plays)
    while left and (keep_going or not judge.cause):
        rule = left.pop(0)
        judge.play(rule)
        report.add(rule)
    if not left:
        judge.passed.update(rule.name for rule in ALWAYS)
    for rule in [*AT_START, *ALWAYS]:
        if not left or judge.problems.get(rule.name) or rule.name in judge.passed:
            report.add(rule)
    return len(left)


def list_checks() -> None:
    for rule in [*AT_START, *ALWAYS, *CHECKS]:
        print(f"{rule.name:26} {rule.rule}")
