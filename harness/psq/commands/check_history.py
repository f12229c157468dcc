"""psq check-history: judges a recorded history, whoever recorded it."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from psq.reporting import progress
from psq.base.paths import Paths
from psq.base.status import InternalError, UsageError, did_you_mean

MODELS = ("fifo", "queue", "joinable_queue", "simple_queue", "pipe", "manager_queue")

HOLDS, VIOLATED, UNKNOWN, USAGE = 0, 1, 2, 64
_STATUS_OF = {"holds": HOLDS, "violated": VIOLATED, "unknown": UNKNOWN}
_STYLES = {"holds": "green", "violated": "bold red", "unknown": "yellow"}
_NS_PER_MS = 1e6


def check_history(args: argparse.Namespace, paths: Paths) -> int:
    """Runs the checkers on a file; returns the exit status."""
    if args.model and args.model not in MODELS:
        hint = did_you_mean(args.model, MODELS)
        raise UsageError(f"no model is named {args.model!r}.{hint} There are {', '.join(MODELS)}.")
    report = _judge(args, paths)
    if args.json:
        print(json.dumps(report))
    else:
        _print(report, args.witness, progress.make_console())
    return _STATUS_OF[report["verdict"]]


def _judge(args: argparse.Namespace, paths: Paths) -> dict[str, Any]:
    command = [str(paths.program("psq-history")), "--json"]
    if args.model:
        command += ["--model", args.model]
    # The checker's name for standard input is ours; a file that is named like an option is a file.
    command += ["--", args.file]
    done = subprocess.run(command, stdin=sys.stdin if args.file == "-" else subprocess.DEVNULL,
                          capture_output=True, text=True, errors="replace")
    said = done.stderr.strip()
    if done.returncode == USAGE:
        raise UsageError(said)
    try:
        report = json.loads(done.stdout)
        agreed = _STATUS_OF[report["verdict"]] == done.returncode
    except (ValueError, KeyError, TypeError):
        agreed = False
    if not agreed:
        raise InternalError(said or f"psq-history ended with status {done.returncode} and no verdict")
    return report


def _print(report: dict[str, Any], whole: bool, console: Console) -> None:
    for finding in report["findings"]:
        if finding["verdict"] != "holds":
            _print_finding(finding, whole, console)
    verdict = report["verdict"]
    text = Text(verdict, style=_STYLES[verdict])
    text.append(
        f": {_count(report['operations'], 'operation')} by {_count(report['processes'], 'process', 'es')}"
        f" on {_count(report['objects'], 'object')}, read in {report['reading_seconds']:.3f} s,"
        f" checked in {report['checking_seconds']:.3f} s", style="default")
    console.print(text, soft_wrap=True)


def _print_finding(finding: dict[str, Any], whole: bool, console: Console) -> None:
    head = Text(finding["verdict"], style=_STYLES[finding["verdict"]])
    head.append(f"  {finding['checker']}", style="default")
    if finding["clause"]:
        head.append(f"  {finding['clause']}", style="bold default")
    console.print(head, soft_wrap=True)
    console.print(f"    {finding['why']}", highlight=False, markup=False, soft_wrap=True)
    if whole and finding["witness"]:
        console.print(_witness_table(finding["witness"]))
    elif finding["witness"]:
        shown_by = _count(len(finding["witness"]), "operation")
        console.print(f"    shown by {shown_by}, which --witness prints", soft_wrap=True)


def _witness_table(witness: list[dict[str, Any]]) -> Table:
    """The operations in the order in which they were invoked; times count from the first one."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column, align in (("    number", "right"), ("process", "left"), ("thread", "left"),
                          ("operation", "left"), ("invoked", "right"), ("returned", "right")):
        table.add_column(column, justify=align, no_wrap=True)
    rows = sorted(witness, key=lambda row: row["operation"]["invoked"])
    start = rows[0]["operation"]["invoked"]
    for row in rows:
        operation = row["operation"]
        returned = operation.get("returned")
        table.add_row(str(row["number"]), Text(operation["process"]), Text(operation["thread"]),
                      Text(describe(operation)), _ms(operation["invoked"] - start),
                      "never" if returned is None else _ms(returned - start))
    return table


def _count(number: int, thing: str, plural: str = "s") -> str:
    return f"{number} {thing}{'' if number == 1 else plural}"


def _ms(nanoseconds: int) -> str:
    return f"{nanoseconds / _NS_PER_MS:.6f} ms"


def describe(operation: dict[str, Any]) -> str:
    """An operation as a person reads it: 'put q root#3 timeout 0.2 -> full'."""
    words = [operation["do"], operation["on"]]
    if "item" in operation:
        words.append(_item(operation["item"]))
    if operation.get("block") is False:
        words.append("without waiting")
    if operation.get("timeout") is not None:
        words.append(f"timeout {operation['timeout']}")
    outcome = operation.get("outcome", "pending")
    value = operation.get("value")
    if isinstance(value, dict):
        outcome = _item(value["item"]) if "item" in value else "something that is no item"
    elif value is not None:
        outcome = json.dumps(value)
    return " ".join(words) + f" -> {outcome}"


def _item(item: dict[str, Any]) -> str:
    broken = "" if item.get("intact", True) else " (not whole)"
    return f"{item['from']}#{item['seq']}{broken}"
