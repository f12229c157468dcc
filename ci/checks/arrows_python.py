"""The arrows in import statements of Python. Imports by a computed name are not found."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Iterator

from house import Finding
from zones import LIBRARIES, zone_of


def check(root: Path, files: list[Path]) -> tuple[list[Finding], int]:
    sources = [path for path in files if path.suffix == ".py"]
    modules = _modules(sources)
    findings, arrows = [], 0
    for path in sources:
        try:
            tree = ast.parse((root / path).read_text(encoding="utf-8"))
        except SyntaxError as error:
            findings.append(Finding(str(path), error.lineno or 0, f"is not Python: {error.msg}"))
            continue
        for number, name in _imports(tree):
            arrows += 1
            message = _complaint(modules, path, name)
            if message:
                findings.append(Finding(str(path), number, message))
    return findings, arrows


def _modules(sources: list[Path]) -> dict[str, list[Path]]:
    """The first names of imports, and the files of each."""
    packages = {path.parent for path in sources if path.name == "__init__.py"}
    modules: dict[str, list[Path]] = {}
    for path in sources:
        outermost = path
        while outermost.parent in packages:
            outermost = outermost.parent
        name = outermost.stem if outermost == path else outermost.name
        modules.setdefault(name, []).append(path)
    return modules


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and top-level name. A relative import stays in its package, so it draws no arrow."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.lineno, node.module.split(".")[0]


def _complaint(modules: dict[str, list[Path]], path: Path, name: str) -> str:
    zone = zone_of(path)
    meant = modules.get(name, [])
    if any(other.parent == path.parent for other in meant):
        return ""
    if name in sys.stdlib_module_names:
        return ""
    if meant:
        if any(zone.may_know(zone_of(other)) for other in meant):
            return ""
        return (
            f"{zone.folder}/ may not know {zone_of(meant[0]).folder}/, which has {name}; "
            "see the table in zones.py"
        )
    if name not in LIBRARIES:
        return f"{name} is neither a module of the project nor a library in zones.py; add it there"
    if zone.may_use(LIBRARIES[name], path):
        return ""
    return f"{zone.folder}/ may not use {LIBRARIES[name]}; see the table in zones.py"
