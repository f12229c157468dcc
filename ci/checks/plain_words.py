"""Finds discouraged words in prose, and names better ones.

Prose is the text of a Markdown page without its code, the comments of C++, CMake, YAML and shell
scripts, and the comments and docstrings of Python.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import Path
from typing import Iterator

BETTER = {
    r"(?:no|some|every|any)body": "name the process: survivor, producer, consumer, all processes",
    r"whoever": "name the process or the reader",
    r"the others": "name them: survivors, other processes",
    r"words?": "use text, name, term, outcome, or packed state",
    r"moments?": "use crash point, time or instant",
    r"faces?": "use API",
    r"lies?|wayward|mutants?": "use fault",
    r"accounts?": "use per-process record",
}

# Right uses: terms of the field, the name of this check, ids, and the sections of a page, which are
# parts of ids.
_RIGHT = re.compile(
    r"\bkey words?\b|\bword size\b|\b(?:machine|\d+-bit|discouraged) words?\b"
    r"|[a-z-]+(?:\.[a-z0-9*-]+)+|^Sections: [^.]*\.",
    re.MULTILINE,
)
# A deliberate fault is called a fault. What a rule makes of sources has its own name in the field,
# in the files about it.
_OF_MUTANTS = re.compile(r"\bmutants?\b", re.IGNORECASE)
_HASH_COMMENTS = (".cmake", ".in", ".bash", ".yml")
_CODE = re.compile(r"^ *```.*?^ *```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_DISCOURAGED = {
    re.compile(rf"\b(?:{pattern})\b".replace(" ", r"\s+(?:(?://+|#)\s*)?"), re.IGNORECASE): better
    for pattern, better in BETTER.items()
}


def complaints(path: Path, text: str) -> Iterator[tuple[int, str]]:
    """The line and the message of each discouraged word in the prose of a file."""
    for first, prose in _prose(path, text):
        readable = _RIGHT.sub(_blank, prose)
        if "mutants" in path.as_posix():
            readable = _OF_MUTANTS.sub(_blank, readable)
        for pattern, better in _DISCOURAGED.items():
            for match in pattern.finditer(readable):
                line = first + readable.count("\n", 0, match.start())
                yield line, f"says {' '.join(match[0].split())!r}; {better}"


def _prose(path: Path, text: str) -> Iterator[tuple[int, str]]:
    if path.suffix == ".md":
        yield 1, _CODE.sub(_blank, text)
    elif path.suffix in (".h", ".cc"):
        comments = (re.search(r"(?<!:)//.*", line) for line in text.splitlines())
        yield 1, "\n".join(_CODE.sub(_blank, found[0]) if found else "" for found in comments)
    elif path.suffix == ".py":
        yield from _comments_of_python(text)
    elif path.suffix in _HASH_COMMENTS or path.name == "CMakeLists.txt" or text.startswith("#!"):
        comments = (re.search(r"(?<!\S)#.*", line) for line in text.splitlines())
        yield 1, _CODE.sub(_blank, "\n".join(found[0] if found else "" for found in comments))


def _comments_of_python(text: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            if isinstance(node.value.value, str):
                yield node.lineno, node.value.value


def _blank(match: re.Match[str]) -> str:
    """Keeps the line breaks, so that lines keep their numbers."""
    return "." + "\n" * match[0].count("\n") + "."
