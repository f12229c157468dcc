"""Counts the reference's lines of code: no blank lines, no comments, no faults, as the compiler sees it."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

_FAULTS_OWN = re.compile(r"fault|death_point")
_FAULTS_INCLUDE = re.compile(r'^#include "src/\w*(?:fault|death_point)\w*\.h"\n', re.MULTILINE)
_COMMENT_OR_TEXT = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.DOTALL
)
_FAULTS_LINE = re.compile(
    r"^ *(?:friend struct FaultSeams;|[\w:<>]+ fault_\w+\{0\};"
    r"|\[\[maybe_unused\]\] const [^;]*\bkFaults\b[^;]*;)\n",
    re.MULTILINE,
)
_SEAM = re.compile(r"if constexpr \((?:detail::)?kFaults\)\s*")
_NESTED = re.compile(r"(?:if(?: constexpr)?|for|while|switch)\s*(?=\()")
_ELSE = re.compile(r"\s*else\s*")
_CONDITIONAL = re.compile(
    r"^#ifdef PSQ_FAULTS\n(?:(?!^#(?:else|endif)).*\n)*(?:#else\n((?:(?!^#endif).*\n)*))?#endif\n",
    re.MULTILINE,
)


def without_comments(text: str) -> str:
    """Texts stay as they are; of comments nothing does."""
    return _COMMENT_OR_TEXT.sub(lambda found: "" if found[0].startswith("/") else found[0], text)


def without_seams(text: str) -> str:
    """The code that the normal library is made of."""
    text = _FAULTS_LINE.sub("", _FAULTS_INCLUDE.sub("", text))
    text = _CONDITIONAL.sub(lambda found: found[1] or "", text)
    while found := _SEAM.search(text):
        end = _statement_end(text, found.end())
        if other := _ELSE.match(text, end):
            end = other.end()
        text = text[: found.start()] + text[end:]
    return text


def _statement_end(text: str, begin: int) -> int:
    if text[begin] == "{":
        return _closing(text, begin)
    if nested := _NESTED.match(text, begin):
        end = _statement_end(text, _next(text, _closing(text, nested.end())))
        other = _ELSE.match(text, end)
        return _statement_end(text, other.end()) if other else end
    at = begin
    while text[at] != ";":
        at = _closing(text, at) if text[at] in "({[" else at + 1
    return at + 1


def _closing(text: str, begin: int) -> int:
    """Behind the bracket that closes the one at `begin`."""
    depth = 0
    for at in range(begin, len(text)):
        depth += (text[at] in "({[") - (text[at] in ")}]")
        if depth == 0:
            return at + 1
    raise SystemExit(f"a bracket is never closed: {text[begin:begin + 60]!r}")


def _next(text: str, at: int) -> int:
    while text[at].isspace():
        at += 1
    return at


def lines(text: str) -> int:
    return sum(1 for line in text.splitlines() if line.strip())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the top folder of the project")
    parser.add_argument("--most", type=int, help="fail above so many lines")
    parser.add_argument("--files", action="store_true", help="print the lines of each file, too")
    arguments = parser.parse_args()
    reference = arguments.root / "reference"
    code = [*sorted(reference.glob("include/psq/*.h")), *sorted(reference.glob("src/*.[ch]*"))]
    code = [path for path in code if not _FAULTS_OWN.search(path.name)]
    if not code:
        parser.error(f"no sources below {reference}; is {arguments.root} the top folder?")
    whole = plain = 0
    for path in code:
        text = without_comments(path.read_text(encoding="utf-8"))
        here = lines(without_seams(text))
        whole, plain = whole + lines(text), plain + here
        if arguments.files:
            print(f"{here:5} {path.relative_to(arguments.root)}")
    print(f"{plain} lines of code in {len(code)} files; {whole} with the seams of the faults")
    if arguments.most is not None and plain > arguments.most:
        print(f"that is more than {arguments.most}; make something simpler", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
