"""Which statements of a package a test reaches: a copy of it notes each at the first time."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Union

VARIABLE = "PSQ_REACHED"
_MODULE = "_psq_reached"
# Opened anew for each line: a driver closes and replaces descriptors that it does not know. At the end of an
# interpreter nothing may be left of the modules.
_TEXT = f"""\
import os
_seen = set()
_path = os.environ.get("{VARIABLE}")
def mark(at, _open=os.open, _write=os.write, _close=os.close, _how=os.O_WRONLY | os.O_APPEND | os.O_CREAT):
    if at in _seen or _path is None:
        return
    _seen.add(at)
    try:
        file = _open(_path, _how, 0o600)
        _write(file, at.encode() + b"\\n")
        _close(file)
    except Exception:
        pass
"""


def write_module(folder: Path) -> None:
    (folder / f"{_MODULE}.py").write_text(_TEXT, encoding="utf-8")


def read(path: Path) -> set[str]:
    return set(path.read_text(encoding="utf-8").split()) if path.exists() else set()


def watched(file: str, source: str) -> str:
    """The source, which marks each statement of a function as `FILE:LINE` before it."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            _mark_all(file, node.body)
            first = node.body[1] if len(node.body) > 1 else node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                # The text of a function stays what it is.
                node.body[0], node.body[1] = node.body[1], node.body[0]
    tree.body.insert(_after_future(tree), ast.parse(f"import {_MODULE}").body[0])
    return ast.unparse(ast.fix_missing_locations(tree))


def _mark_all(file: str, body: list[ast.stmt]) -> None:
    marked: list[ast.stmt] = []
    for node in body:
        if not isinstance(node, (ast.Global, ast.Nonlocal)):
            marked.append(ast.parse(f"{_MODULE}.mark({f'{file}:{node.lineno}'!r})").body[0])
        marked.append(node)
        for inner in _bodies(node):
            _mark_all(file, inner)
    body[:] = marked


def _bodies(node: ast.stmt) -> list[list[ast.stmt]]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return []  # walked by itself
    holders: list[Union[ast.stmt, ast.ExceptHandler]] = [node, *getattr(node, "handlers", [])]
    bodies = [
        getattr(holder, name, None)
        for holder in holders
        for name in ("body", "orelse", "finalbody")
    ]
    return [body for body in bodies if body]


def _after_future(tree: ast.Module) -> int:
    places = [
        number + 1
        for number, node in enumerate(tree.body)
        if (isinstance(node, ast.ImportFrom) and node.module == "__future__")
        or (number == 0 and isinstance(node, ast.Expr))
    ]
    return max(places, default=0)
