"""Fails when a package of psq imports one above it, or when modules import each other in a circle.

The order is ORDER, lowest first: a module may import from its own package and from those before it. That alone leaves
no circle among packages; within a package the imports are followed from module to module.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Iterator

import house
from house import Finding

PACKAGE = Path("harness/psq")
# The last one is the folder itself: the command line and what starts it.
ORDER = (
    "base",
    "law",
    "results",
    "reporting",
    "running",
    "controller",
    "driver_check",
    "kill_matrix",
    "mutants",
    "new_driver",
    "commands",
    "",
)
_TESTS = "tests"

Graph = dict[Path, list[tuple[int, Path]]]


def check(root: Path) -> tuple[list[Finding], int, str]:
    graph = _graph(root)
    findings = [finding for path in graph for finding in _upward(path, graph[path])]
    findings += _circles(graph)
    return findings, sum(map(len, graph.values())), f"imports within {PACKAGE}"


def _graph(root: Path) -> Graph:
    """Each module with the modules that it imports, wherever in its text, and the lines."""
    sources = [
        path
        for path in house.files(root)
        if path.suffix == ".py" and PACKAGE in path.parents and _layer(path) != _TESTS
    ]
    known = {path: None for path in sources}
    return {
        path: [
            (line, meant)
            for line, name in _imports(path, ast.parse((root / path).read_text(encoding="utf-8")))
            for meant in _files_of(name)
            if meant in known
        ]
        for path in sources
    }


def _imports(path: Path, tree: ast.Module) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Line and dotted name, with that of a thing that is imported from it: it may be a module, too."""
    here = path.relative_to(PACKAGE.parent).with_suffix("").parts
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, tuple(alias.name.split("."))) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = here[: len(here) - node.level] if node.level else ()
            origin = (*start, *(node.module or "").split(".")) if node.module else start
            yield node.lineno, origin
            yield from ((node.lineno, (*origin, alias.name)) for alias in node.names)


def _files_of(name: tuple[str, ...]) -> list[Path]:
    """The files that a dotted name may mean."""
    if name[:1] != (PACKAGE.name,):
        return []
    path = PACKAGE.joinpath(*name[1:])
    return [path / "__init__.py", path.with_suffix(".py")]


def _layer(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


def _upward(path: Path, imports: list[tuple[int, Path]]) -> Iterator[Finding]:
    layer = _layer(path)
    if layer not in ORDER:
        yield Finding(str(path), 1, f"the package {layer} has no place in ORDER of layers.py")
        return
    for line, other in imports:
        above = _layer(other)
        # The package's own __init__ says what psq is and imports nothing.
        if other == PACKAGE / "__init__.py" or above not in ORDER:
            continue
        if ORDER.index(above) > ORDER.index(layer):
            what = above or other.stem
            yield Finding(
                str(path), line, f"{layer or path.stem} may not import {what}: it is above"
            )


def _circles(graph: Graph) -> list[Finding]:
    """One finding a circle of modules, at the import that closes it."""
    findings: list[Finding] = []
    done: set[Path] = set()

    def follow(path: Path, way: list[Path]) -> None:
        for line, other in graph[path]:
            if other in way and other != path:
                ring = [*way[way.index(other) :], other]
                shown = " -> ".join(each.stem for each in ring)
                findings.append(Finding(str(path), line, f"modules import each other: {shown}"))
            elif other not in done and other != path:
                follow(other, [*way, other])
        done.add(path)

    for path in graph:
        if path not in done:
            follow(path, [path])
    return findings


if __name__ == "__main__":
    sys.exit(house.run(__doc__, check, sys.argv[1:]))
