"""Reads the operations and deaths of a recorded history, for a picture of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from psq.base import json_text
from psq.base.status import UsageError

Operation = dict[str, Any]


def read(path: Path) -> tuple[list[Operation], list[Operation]]:
    """The operations and the deaths of a history; raises UsageError when it is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the history {path}: {error}") from error
    operations: list[Operation] = []
    deaths: list[Operation] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json_text.parse(line)
            if "do" in record:
                _check(record)
                operations.append(record)
            elif "death" in record:
                deaths.append(_checked_death(record["death"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(
                f"{path}:{number} is no line of a history: {error}. See spec/history-format.md"
            ) from error
    if not operations:
        raise UsageError(f"{path} holds no operation: there is nothing to draw")
    return operations, deaths


_NEEDED = (("do", str), ("on", str), ("process", str), ("invoked", int))
_OPTIONAL = (("thread", str), ("outcome", str), ("returned", int), ("item", dict))


def _check(record: dict[str, Any]) -> None:
    for name, kind in _NEEDED:
        if not isinstance(record.get(name), kind):
            raise ValueError(f"an operation needs {name!r}")
    for name, kind in _OPTIONAL:
        if record.get(name) is not None and not isinstance(record[name], kind):
            raise ValueError(f"{name!r} of an operation is {record[name]!r:.60}")
    returned = record.get("returned")
    if returned is not None and returned < record["invoked"]:
        raise ValueError("an operation returned before it was invoked")
    item_of(record)


def _checked_death(death: Any) -> dict[str, Any]:
    if not isinstance(death, dict):
        raise ValueError("a death names a process and how it ended")
    return death


def item_of(operation: Operation) -> str:
    """The item that an operation put or obtained, or what else it returned."""
    value = operation.get("value")
    item = operation.get("item") or (value.get("item") if isinstance(value, dict) else None)
    if item:
        return f"{item['from']}#{item['seq']}"
    return "" if value is None else json.dumps(value)


def error_of(operation: Operation) -> str:
    """What went wrong, as the implementation says it; empty when the line does not say."""
    error = operation.get("error")
    if isinstance(error, dict):
        words = [error.get(name) for name in ("type", "message")]
        error = ": ".join(word for word in words if isinstance(word, str) and word)
    return error if isinstance(error, str) else ""
