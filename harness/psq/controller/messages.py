"""The messages of the driver protocol: their schemas, and the names of operations and options."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema

from psq.base.status import did_you_mean

LONGEST_LINE = 1 << 20

OPERATIONS: dict[str, list[str]] = {
    "queue": ["put", "get", "qsize", "empty", "full", "close", "join_thread", "cancel_join_thread"],
    "joinable_queue": [
        "put",
        "get",
        "qsize",
        "empty",
        "full",
        "close",
        "join_thread",
        "cancel_join_thread",
        "task_done",
        "join",
    ],
    "simple_queue": ["put", "get", "empty", "close"],
    "connection": [
        "send",
        "recv",
        "send_bytes",
        "recv_bytes",
        "recv_bytes_into",
        "poll",
        "close",
        "closed",
        "readable",
        "writable",
        "wait",
        "send_connection",
        "recv_connection",
    ],
    "broker_queue": [
        "publish",
        "receive",
        "ack",
        "nack",
        "reject",
        "extend",
        "ready",
        "dead_letters",
        "stop_server",
        "start_server",
        "freeze_server",
        "fill_server",
    ],
    "process": [
        "spawn",
        "join_process",
        "exit_code",
        "terminate",
        "kill",
        "drop_process",
        "end_thread",
    ],
}
OPTIONS = [
    "json",
    "preset_unfinished",
    "item.fail_serialize",
    "item.fail_deserialize",
    "item.slow_serialize",
    "item.slow_deserialize",
    "item.failure_exit",
    "item.failure_interrupt",
    "item.failure_other",
    "item.same",
    "closed_descriptors",
    "signal_handler",
    "before_exit",
    "after_exit",
    "visibility",
    "prefetch",
    "patience",
]


class Schemas:
    """The schemas of spec/schemas.  Raises OSError when the folder is not there."""

    def __init__(self, folder: Path) -> None:
        self._validators = {
            kind: jsonschema.Draft202012Validator(json.loads(self._text(folder, kind)))
            for kind in ("hello", "request", "answer", "began", "event", "defect")
        }

    @staticmethod
    def _text(folder: Path, kind: str) -> str:
        return (folder / f"{kind}.schema.json").read_text(encoding="utf-8")

    def problem(self, kind: str, message: Any) -> str | None:
        """What is wrong with a message of that kind, or None."""
        errors = list(self._validators[kind].iter_errors(message))
        if not errors:
            return None
        error = jsonschema.exceptions.best_match(errors)
        where = "/".join(str(part) for part in error.absolute_path)
        return f"{where + ': ' if where else ''}{shorten(error.message)}{_hint(error)}"


def _hint(error: jsonschema.ValidationError) -> str:
    if error.validator != "enum":
        return ""
    return did_you_mean(
        str(error.instance), [each for each in error.validator_value if isinstance(each, str)]
    )


def kind_of(message: dict[str, Any]) -> str:
    """Which of the messages of a driver this is."""
    for kind in ("hello", "began", "event", "defect"):
        if kind in message:
            return kind
    return "answer"


def shorten(value: Any) -> str:
    """A message or text, short enough for a report."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else f"{text[:300]}… ({len(text)} characters)"
