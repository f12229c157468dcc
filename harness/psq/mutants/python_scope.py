"""What of a package with the API of multiprocessing is not mutated, each part with its reason.

The rest is: whatever can be reached on Linux and serves a queue, a pipe or a process.
"""

from __future__ import annotations

import ast
from fnmatch import fnmatchcase
from typing import Optional

FILES = (
    "queues.py",
    "connection.py",
    "synchronize.py",
    "process.py",
    "popen_fork.py",
    "popen_spawn_posix.py",
    "popen_forkserver.py",
)

_SOCKETS = "listeners and clients are no part of the law"
_OTHER = "the law has no such object or operation, and no object of the law uses it"

# File, function or class (globs), why.
_OUTSIDE = (
    ("*", "*.__repr__", "what an object is called in a message"),
    ("*", "*.__class_getitem__", "type hints"),
    ("queues.py", "Queue._on_queue_feeder_error", "prints an error"),
    ("synchronize.py", "Event", _OTHER),
    ("synchronize.py", "Barrier", _OTHER),
    ("synchronize.py", "Semaphore.get_value", _OTHER),
    ("synchronize.py", "Condition.wait_for", _OTHER),
    ("process.py", "active_children", _OTHER),
    ("process.py", "parent_process", _OTHER),
    ("process.py", "AuthenticationString", _SOCKETS),
    ("process.py", "BaseProcess.authkey", _SOCKETS),
    ("process.py", "BaseProcess.name", _OTHER),
    ("process.py", "BaseProcess.ident", _OTHER),
    ("process.py", "BaseProcess.is_alive", _OTHER),
    ("process.py", "BaseProcess.close", _OTHER),
    ("process.py", "BaseProcess.sentinel", _OTHER),
    ("process.py", "_ParentProcess.*", _OTHER),
    ("connection.py", "_ConnectionBase.__enter__", "the driver closes by close"),
    ("connection.py", "_ConnectionBase.__exit__", "the driver closes by close"),
    ("connection.py", "*Listener", _SOCKETS),
    ("connection.py", "*Client", _SOCKETS),
    ("connection.py", "Pipe[CL]*", _SOCKETS),
    ("connection.py", "*_challenge", _SOCKETS),
    ("connection.py", "ConnectionWrapper", _SOCKETS),
    ("connection.py", "_xml_*", _SOCKETS),
    ("connection.py", "_*_timeout", _SOCKETS),
    ("connection.py", "arbitrary_address", _SOCKETS),
    ("connection.py", "address_type", _SOCKETS),
    ("connection.py", "_validate_family", _SOCKETS),
)

_DIAGNOSTIC_CALLS = ("debug", "info", "sub_debug", "sub_warning", "print_exc", "write")


def why_outside(file: str, function: str) -> Optional[str]:
    """Why nothing in this function or class is mutated, or None."""
    parts = function.split(".")
    prefixes = [".".join(parts[: length + 1]) for length in range(len(parts))]
    for files, names, why in _OUTSIDE:
        if fnmatchcase(file, files) and any(fnmatchcase(each, names) for each in prefixes):
            return why
    return None


def is_diagnostic(node: ast.stmt) -> bool:
    """Whether a statement only logs or prints."""
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    called = node.value.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in _DIAGNOSTIC_CALLS and not ast.unparse(called).startswith("self.")


def on_linux(test: ast.expr) -> Optional[bool]:
    """What a condition is on Linux, where that is known from its text."""
    text = ast.unparse(test)
    if text in ("sys.platform == 'win32'", "_winapi", "self._wlock is None", "wacquire is None"):
        return False
    if text == "sys.platform != 'win32'":
        return True
    return None
