"""Checks that the reference's sources, its DEATH.md and its tests of death name the same crash points."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import house
from house import Finding

_SOURCES = Path("reference/src")
_PAGE = Path("reference/DEATH.md")
_TESTS = Path("reference/tests")

_NAME = r"[a-z]+(?:-[a-z]+)*"
_PROBE = re.compile(r"\bat\(([^;]*)\);")
_TEXT = re.compile(rf'"({_NAME})"')
_FIRST_COLUMN = re.compile(r"^\|([^|]*)\|", re.MULTILINE)
_CODE = re.compile(rf"`({_NAME})`")
# Where a test names crash points: in a suite, in a loop, in a chain of deaths, and one alone.
_KILLS = re.compile(
    r"crash_points\(\{([^}]*)\}|char\* point :\s*\{([^}]*)\}|Chain\{([^}]*)\}|die_at\(([^)]*)\)"
)


def check(root: Path) -> tuple[list[Finding], int, str]:
    sources = [path for path in house.files(root) if path.parent == _SOURCES]
    tests = [path for path in house.files(root) if path.parent == _TESTS]
    named = {
        "the sources": {name for path in sources for name in _probes(_read(root / path))},
        str(_PAGE): _of_page(_read(root / _PAGE)),
        str(_TESTS): {name for path in tests for name in _of_test(_read(root / path))},
    }
    every = set().union(*named.values())
    findings = [
        Finding(str(_PAGE), 1, f"the crash point {name} is not named in {place}")
        for place, names in named.items()
        for name in sorted(every - names)
    ]
    return findings, len(every), "crash points"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _probes(text: str) -> set[str]:
    return {name for probe in _PROBE.finditer(text) for name in _TEXT.findall(probe[1])}


def _of_page(text: str) -> set[str]:
    return {name for cell in _FIRST_COLUMN.findall(text) for name in _CODE.findall(cell)}


def _of_test(text: str) -> set[str]:
    return {
        name
        for kill in _KILLS.finditer(text)
        for part in kill.groups("")
        for name in _TEXT.findall(part)
    }


if __name__ == "__main__":
    sys.exit(house.run(__doc__, check, sys.argv[1:]))
