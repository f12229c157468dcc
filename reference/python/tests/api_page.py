#!/usr/bin/env python3
"""Prints docs/python-api.md from the docstrings of the package; a test compares the page with it.

    PYTHONPATH=build/python reference/python/tests/api_page.py > docs/python-api.md
"""

from __future__ import annotations

import inspect
from typing import Any, Iterator

import psq
from psq.handles import Handle
from psq.queues import _Queue

_HEAD = """\
# The API of psq for Python

`reference/python/tests/api_page.py` prints this page from the docstrings.
[Moving from multiprocessing](moving-from-multiprocessing.md) says what differs from `multiprocessing`.
"""
_CLASSES = {
    "Every queue": _Queue,
    "Queue": psq.Queue,
    "JoinableQueue, a Queue": psq.JoinableQueue,
    "SimpleQueue": psq.SimpleQueue,
    "Handle": Handle,
    "Connection, as multiprocessing's": psq.Connection,
}
_FUNCTIONS = (psq.Pipe, psq.get_context)


def page() -> str:
    parts = [_HEAD, _text(psq)]
    for title, of_class in _CLASSES.items():
        parts += [f"## {title}\n", _text(of_class), *_methods(of_class), ""]
    parts.append("## Functions and names\n")
    parts += [_entry(each.__name__, each) for each in _FUNCTIONS]
    parts.append(
        "- `Empty`, `Full`: those of the module `queue`. `wait`: that of `multiprocessing.connection`."
    )
    parts.append(f"- `Closed`: a `ValueError` and an `OSError`. {_text(psq.Closed).strip()}")
    parts.append(f"- `MAX_SIZE`: {psq.MAX_SIZE}, the largest bound.")
    return "\n".join(parts) + "\n"


def _methods(of_class: Any) -> Iterator[str]:
    """Those that the class itself defines."""
    for name in vars(of_class):
        if not name.startswith("_") and callable(getattr(of_class, name)):
            yield _entry(name, getattr(of_class, name))
        elif name == "__init__" and of_class is not Handle:
            yield _entry(of_class.__name__, of_class)


def _entry(name: str, of: Any) -> str:
    doc = of.__init__.__doc__ if inspect.isclass(of) else of.__doc__
    text = " ".join((doc or "").split()).replace("``", "`")
    return f"- `{name}({', '.join(_parameters(of))})`{': ' if text else ''}{text}"


def _parameters(of: Any) -> Iterator[str]:
    named = False
    for each in inspect.signature(of).parameters.values():
        if each.name == "self":
            continue
        if each.kind is each.KEYWORD_ONLY and not named:
            named = True
            yield "*"
        default = oct(each.default) if each.name == "mode" else repr(each.default)
        yield each.name if each.default is each.empty else f"{each.name}={default}"


def _text(of: Any) -> str:
    """As Markdown: of a docstring whose examples are indented."""
    return inspect.getdoc(of).replace("``", "`").replace("::\n", ":\n") + "\n"


if __name__ == "__main__":
    print(page(), end="")
