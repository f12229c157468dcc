"""The arrows in #include lines."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Iterator

import house
from house import Finding
from zones import LIBRARIES, Zone, zone_of

SUFFIXES = (".h", ".hpp", ".cc", ".cpp", ".inc")
_INCLUDE = re.compile(r'\s*#\s*include\s*(?P<open>[<"])(?P<name>[^>"]+)[>"]')
_SYSTEM_FOLDERS = ("sys", "linux", "asm", "net", "netinet", "arpa", "bits", "ext", "sanitizer")


class Headers:
    """Finds the files of the project that an #include may name."""

    def __init__(self, files: list[Path]) -> None:
        self._files = set(files)
        self._by_name: dict[str, list[Path]] = {}
        for path in files:
            self._by_name.setdefault(path.name, []).append(path)

    def meant_by(self, includer: Path, name: str) -> list[Path]:
        beside = Path(os.path.normpath(includer.parent / name))
        if beside in self._files:
            return [beside]
        candidates = self._by_name.get(name.rsplit("/", 1)[-1], [])
        return [path for path in candidates if f"/{path.as_posix()}".endswith(f"/{name}")]


def includes(path: Path) -> Iterator[tuple[int, str, bool]]:
    """Line, name, and whether the name is in quotes."""
    for number, line in enumerate(house.lines(path), 1):
        match = _INCLUDE.match(line)
        if match is not None:
            yield number, match["name"], match["open"] == '"'


def check(root: Path, files: list[Path]) -> tuple[list[Finding], int]:
    sources = [path for path in files if path.suffix in SUFFIXES]
    headers = Headers(sources)
    findings, arrows = [], 0
    for path in sources:
        for number, name, quoted in includes(root / path):
            arrows += 1
            message = _complaint(headers, path, name, quoted)
            if message:
                findings.append(Finding(str(path), number, message))
    return findings, arrows


def _complaint(headers: Headers, path: Path, name: str, quoted: bool) -> str:
    zone = zone_of(path)
    # <poll.h> names the system's header, even if the project has a file of that name.
    meant = headers.meant_by(path, name) if quoted or "/" in name else []
    if meant:
        return _complaint_about_files(zone, name, meant)
    first = name.split("/", 1)[0]
    if first in LIBRARIES:
        if zone.may_use(LIBRARIES[first], path):
            return ""
        return f"{zone.folder}/ may not use {LIBRARIES[first]} ({name}); see the table in zones.py"
    if quoted or ("/" in name and first not in _SYSTEM_FOLDERS):
        return f"{name} is neither a file of the project nor a library in zones.py; add it there"
    return ""


def _complaint_about_files(zone: Zone, name: str, meant: list[Path]) -> str:
    if any(zone.may_know(zone_of(path)) for path in meant):
        return ""
    return (
        f"{zone.folder}/ may not know {zone_of(meant[0]).folder}/, which has {name}; "
        "see the table in zones.py"
    )
