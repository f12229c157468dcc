"""Checks the layering: includes, links and imports follow the table in zones.py."""

from __future__ import annotations

import sys
from pathlib import Path

import arrows_cmake
import arrows_cpp
import arrows_python
import house
from house import Finding


def check(root: Path) -> tuple[list[Finding], int, str]:
    root = root.resolve()
    files = house.files(root)
    findings: list[Finding] = []
    arrows = 0
    for checker in (arrows_cpp, arrows_cmake, arrows_python):
        found, seen = checker.check(root, files)
        findings += found
        arrows += seen
    return sorted(findings, key=lambda finding: (finding.file, finding.line)), arrows, "arrows"


if __name__ == "__main__":
    sys.exit(house.run(__doc__, check, sys.argv[1:]))
