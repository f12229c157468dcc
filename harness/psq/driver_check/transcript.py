"""Records conversations with a driver, and plays them again.

A transcript is a file of JSON lines. ``{"conversation":NAME}`` begins a new run of the driver. Behind it stand the
steps in their order: ``{"to":PROCESS,"text":…}`` is what the controller sent, ``{"from":PROCESS,"text":…}`` one line
that the process wrote, ``{"hang_up":PROCESS}`` the end of a connection. What is no UTF-8 stands in ``hex``.
The suite keeps one of each failure (``wire.jsonl``); ``{"left_out":N}`` stands for the middle of a long one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from psq.base import json_text
from psq.base.status import UsageError
from psq.controller.peer import Recorder


@dataclass(frozen=True)
class Step:
    """``what`` is ``to``, ``from`` or ``hang_up``."""

    what: str
    process: str
    data: bytes = b""


@dataclass(frozen=True)
class Conversation:
    """One run of the driver."""

    name: str
    steps: list[Step]


class Writer:
    """Writes each conversation as it goes."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out

    def __call__(self, name: str) -> Recorder:
        """The recorder of one conversation."""
        self._write({"conversation": name})

        def record(what: str, process: str, data: bytes) -> None:
            self._write({what: process, **({} if what == "hang_up" else _fields(data))})

        return record

    def _write(self, fields: dict[str, Any]) -> None:
        self._out.write(json.dumps(fields, ensure_ascii=False) + "\n")
        self._out.flush()


def _fields(data: bytes) -> dict[str, str]:
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"hex": data.hex()}


def read_transcript(path: Path) -> list[Conversation]:
    """Raises UsageError for a file that is no transcript."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the transcript {path}: {error}") from error
    found: list[Conversation] = []
    for number, line in enumerate(lines, 1):
        try:
            _add(found, json_text.parse(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(
                f"{path}:{number} is no line of a transcript of psq driver-check: {error}"
            ) from error
    if not found:
        raise UsageError(f"{path} holds no conversation")
    return found


def _add(found: list[Conversation], fields: dict[str, Any]) -> None:
    if "conversation" in fields:
        found.append(Conversation(str(fields["conversation"]), []))
        return
    if not found:
        raise ValueError("a step before the first conversation")
    if "left_out" in fields:
        raise ValueError(
            f"{fields['left_out']} messages are left out here, so that it cannot be played"
        )
    (what,) = fields.keys() & {"to", "from", "hang_up"}
    found[-1].steps.append(Step(what, str(fields[what]), _data(what, fields)))


def _data(what: str, fields: dict[str, Any]) -> bytes:
    if what == "hang_up":
        return b""
    return bytes.fromhex(fields["hex"]) if "hex" in fields else str(fields["text"]).encode()
