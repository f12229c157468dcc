"""Maps the exceptions of multiprocessing and its relatives to the outcomes of spec/outcomes.md."""

from __future__ import annotations

import linecache
import os
import queue
import traceback
from types import ModuleType
from typing import Optional

from mp_items import REFUSALS
from psq_driver_kit import Outcome, bytes_value

_BY_TYPE = (
    (queue.Empty, "empty"),
    (queue.Full, "full"),
    (BrokenPipeError, "broken_pipe"),
    (ConnectionResetError, "connection_reset"),
)
_BY_MESSAGE_OF_OSERROR = (
    ("handle is closed", "closed"),
    ("bad message length", "message_too_long"),
    ("read-only", "wrong_direction"),
    ("write-only", "wrong_direction"),
    ("got end of file during message", "corrupted"),
)
_RECEIVE = ("recv", "recv_bytes", "recv_bytes_into", "recv_connection")
_SERIALIZE = ("put", "send")
_DESERIALIZE = ("get", "recv", "recv_connection")


class NoConnection(Exception):
    """A recv_connection obtained something else."""


def outcome_of(module: ModuleType, kind: str, do: str, error: BaseException) -> Outcome:
    """The outcome of an operation of ``module`` that ended with ``error``."""
    if isinstance(error, module.BufferTooShort):
        return Outcome("buffer_too_short", bytes_value(bytes(error.args[0])))
    return Outcome(_word(kind, do, error) or "raised")


def _word(kind: str, do: str, error: BaseException) -> Optional[str]:
    for of_type, word in _BY_TYPE:
        if isinstance(error, of_type):
            return word
    if isinstance(error, EOFError) and do in _RECEIVE:
        return "end_of_stream"
    return _of_payload(do, error) or _of_state(kind, do, error) or _of_argument(error)


def _of_payload(do: str, error: BaseException) -> Optional[str]:
    """Errors of the item in being pickled or unpickled, told by where they come from: they can be
    of any type."""
    refused = isinstance(error, (*REFUSALS, NoConnection))
    if not refused and not isinstance(error, Exception):
        return None
    if do in _SERIALIZE and (refused or _came_from(error, "dumps")):
        return "not_serializable"
    if do in _DESERIALIZE and (refused or _came_from(error, "loads")):
        return "not_deserializable"
    return None


def _of_state(kind: str, do: str, error: BaseException) -> Optional[str]:
    message = str(error)
    if isinstance(error, ValueError) and message.endswith("is closed"):
        return "closed"
    if isinstance(error, ValueError) and do == "task_done":
        return "task_done_too_often"
    if isinstance(error, ValueError) and do == "put" and kind == "joinable_queue":
        return "count_overflow"
    if isinstance(error, AssertionError):
        # Of older versions and billiard: `assert not self._closed`, with any text or none.
        return "not_started" if do == "join_thread" else _of_assertion(error)
    if isinstance(error, OSError):
        for part, word in _BY_MESSAGE_OF_OSERROR:
            if part in message:
                return word
    return None


def _of_assertion(error: AssertionError) -> Optional[str]:
    return "closed" if "not self._closed" in _last_line_of(error) else None


def _last_line_of(error: BaseException) -> str:
    """The line of source that raised it, where the source is there."""
    *_, (frame, number) = traceback.walk_tb(error.__traceback__)
    return linecache.getline(frame.f_code.co_filename, number)


def _of_argument(error: BaseException) -> Optional[str]:
    if isinstance(error, (ValueError, OverflowError)):
        return "invalid_argument"
    return "wrong_type" if isinstance(error, TypeError) else None


def _came_from(error: BaseException, function: str) -> bool:
    """Whether the exception comes from the pickler's ``dumps`` or ``loads``.

    A function in C leaves no frame, so that the line that calls it is looked at.
    """
    trace, last = error.__traceback__, None
    while trace is not None:
        code = trace.tb_frame.f_code
        last = (code.co_filename, trace.tb_lineno)
        if code.co_name == function or os.path.basename(code.co_filename) == "pickle.py":
            return True
        trace = trace.tb_next
    return last is not None and f".{function}(" in linecache.getline(*last)
