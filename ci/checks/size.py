"""Reports the reference's lines of code, without blank lines and comments. No limit is set on them."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

_COMMENT_OR_TEXT = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.DOTALL
)


def without_comments(text: str) -> str:
    """Texts stay as they are; comments go."""
    return _COMMENT_OR_TEXT.sub(lambda found: "" if found[0].startswith("/") else found[0], text)


def lines(text: str) -> int:
    return sum(1 for line in text.splitlines() if line.strip())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the top folder of the project")
    parser.add_argument("--files", action="store_true", help="print the lines of each file, too")
    arguments = parser.parse_args()
    reference = arguments.root / "reference"
    code = [*sorted(reference.glob("include/psq/*.h")), *sorted(reference.glob("src/*.[ch]*"))]
    if not code:
        parser.error(f"no sources below {reference}; is {arguments.root} the top folder?")
    total = 0
    for path in code:
        here = lines(without_comments(path.read_text(encoding="utf-8")))
        total += here
        if arguments.files:
            print(f"{here:5} {path.relative_to(arguments.root)}")
    print(f"{total} lines of code in {len(code)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
