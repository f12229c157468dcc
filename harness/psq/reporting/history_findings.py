"""The findings of the checkers in a recorded history, as text."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from psq.reporting.recording import error_of

_STYLES = {"holds": "green", "violated": "bold red", "unknown": "yellow"}
_NS_PER_MS = 1e6


def print_findings(report: dict[str, Any], whole: bool, console: Console) -> None:
    for finding in report["findings"]:
        if finding["verdict"] != "holds":
            _print_finding(finding, whole, console)
    verdict = report["verdict"]
    text = Text(verdict, style=_STYLES[verdict])
    text.append(
        f": {_count(report['operations'], 'operation')} by {_count(report['processes'], 'process', 'es')}"
        f" on {_count(report['objects'], 'object')}, read in {report['reading_seconds']:.3f} s,"
        f" checked in {report['checking_seconds']:.3f} s",
        style="default",
    )
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
    for column in ("    number", "process", "thread", "operation", "invoked", "returned"):
        numeric = column in ("    number", "invoked", "returned")
        table.add_column(column, justify="right" if numeric else "left", no_wrap=True)
    rows = sorted(witness, key=lambda row: row["operation"]["invoked"])
    start = rows[0]["operation"]["invoked"]
    for row in rows:
        operation = row["operation"]
        returned = operation.get("returned")
        table.add_row(
            str(row["number"]),
            Text(operation["process"]),
            Text(operation["thread"]),
            Text(describe(operation)),
            _ms(operation["invoked"] - start),
            "never" if returned is None else _ms(returned - start),
        )
    return table


def _count(number: int, thing: str, plural: str = "s") -> str:
    return f"{number} {thing}{'' if number == 1 else plural}"


def _ms(nanoseconds: int) -> str:
    return f"{nanoseconds / _NS_PER_MS:.6f} ms"


def describe(operation: dict[str, Any]) -> str:
    """An operation as text: 'put q root#3 timeout 0.2 -> full'."""
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
    if error := error_of(operation):
        outcome += f" ({error})"
    return " ".join(words) + f" -> {outcome}"


def _item(item: dict[str, Any]) -> str:
    broken = "" if item.get("intact", True) else " (not whole)"
    return f"{item['from']}#{item['seq']}{broken}"
