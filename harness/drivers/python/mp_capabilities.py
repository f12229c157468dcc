"""The types and operations that a package with the API of multiprocessing has; only these are declared."""

from __future__ import annotations

import importlib
import platform
from types import ModuleType
from typing import Any, Dict, List, Optional

import mp_items

_OPERATIONS = {
    "queue": [
        "put",
        "get",
        "qsize",
        "empty",
        "full",
        "close",
        "join_thread",
        "cancel_join_thread",
    ],
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
_CLASSES = {
    "queue": ("queues", "Queue"),
    "joinable_queue": ("queues", "JoinableQueue"),
    "simple_queue": ("queues", "SimpleQueue"),
    "connection": ("connection", "Connection"),
    "process": ("process", "BaseProcess"),
}
_METHODS = {
    "join_process": "join",
    "exit_code": "exitcode",
    "spawn": "start",
    # Of the kit's own, wherever there are processes.
    "drop_process": "start",
    "end_thread": "start",
}


def hello(module: ModuleType, start_method: str) -> Dict[str, Any]:
    """The root's hello for this package and start method."""
    return {
        "implementation": _implementation(module),
        "version": _version(module),
        "language": "python",
        "start_method": start_method,
        "profiles": ["base", "lifecycle"],
        "capabilities": {"operations": _operations(module), "options": _options(module)},
        "limits": {
            "item_bytes": mp_items.LEAST_SIZE,
            "maxsize": _largest_semaphore(module),
            "unfinished": _largest_semaphore(module),
        },
    }


def _implementation(module: ModuleType) -> str:
    if module.__name__ == "multiprocessing":
        return platform.python_implementation().lower()
    return module.__name__


def _version(module: ModuleType) -> str:
    if module.__name__ == "multiprocessing":
        return platform.python_version()
    return str(getattr(module, "__version__", "unknown"))


def _operations(module: ModuleType) -> Dict[str, List[str]]:
    found = {kind: _of_kind(module, kind, names) for kind, names in _OPERATIONS.items()}
    return {kind: names for kind, names in found.items() if names}


def _of_kind(module: ModuleType, kind: str, names: List[str]) -> List[str]:
    of_class = _class(module, kind)
    if of_class is None:
        return []
    return [
        name
        for name in names
        if hasattr(of_class, _METHODS.get(name, name))
        or (name == "wait" and hasattr(_submodule(module, "connection"), "wait"))
        or (name in ("send_connection", "recv_connection") and _sends_connections(module))
    ]


def _class(module: ModuleType, kind: str) -> Optional[type]:
    submodule, name = _CLASSES[kind]
    return getattr(_submodule(module, submodule), name, None)


def _sends_connections(module: ModuleType) -> bool:
    """Whether it pickles connections by handing over their descriptors."""
    sharer = _submodule(module, "resource_sharer")
    reduction = _submodule(module, "reduction")
    return hasattr(sharer, "DupFd") and bool(getattr(reduction, "HAVE_SEND_HANDLE", False))


def _submodule(module: ModuleType, name: str) -> Optional[ModuleType]:
    try:
        return importlib.import_module(f"{module.__name__}.{name}")
    except ImportError:
        return None


def _options(module: ModuleType) -> List[str]:
    options = [
        "json",
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
    ]
    if _presets_unfinished(module):
        options.append("preset_unfinished")
    return options


def _presets_unfinished(module: ModuleType) -> bool:
    """Whether the count of unfinished tasks is the semaphore that is known from CPython."""
    of_class = _class(module, "joinable_queue")
    init = getattr(of_class, "__init__", None)
    return "_unfinished_tasks" in getattr(getattr(init, "__code__", None), "co_names", ())


def _largest_semaphore(module: ModuleType) -> int:
    return int(importlib.import_module(f"{module.__name__}.synchronize").SEM_VALUE_MAX)
