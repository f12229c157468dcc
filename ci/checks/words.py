"""Fails when a text file names a path that exists on one machine only, or when prose has a
discouraged word (plain_words.py lists them)."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import house
import plain_words
from house import Finding

# Written in pieces, so that this file does not find itself.
_FOLDERS = (
    "/wo" "rk",
    "/fa" "rm",
    "/tmp/stu" "dio",
    "/ro" "ot",
    "/ho" r"me/[\w.-]+",
    "/Use" r"rs/[\w.-]+",
)

# A match must be the start of a path: no part of a longer path precedes it, as in a/b, ${X}/b or
# https://host/b. The letter of a compiler's flag is not such a part.
_PATH = re.compile(r"(?:(?<![\w.\-)}\]>*])|(?<=\s-[IL]))(" + "|".join(_FOLDERS) + r")(?![\w-])")


def check(root: Path) -> tuple[list[Finding], int, str]:
    findings: list[Finding] = []
    texts = 0
    for path in house.files(root):
        if b"\0" in (root / path).read_bytes()[:8192]:
            continue
        texts += 1
        for number, line in enumerate(house.lines(root / path), 1):
            for match in _PATH.finditer(f" {line}"):
                message = f"names {match[1]} of one machine; use a relative path or a variable"
                findings.append(Finding(str(path), number, message))
        text = (root / path).read_text(encoding="utf-8", errors="replace")
        for number, message in plain_words.complaints(path, text):
            findings.append(Finding(str(path), number, message))
    return findings, texts, "text files"


if __name__ == "__main__":
    sys.exit(house.run(__doc__, check, sys.argv[1:]))
