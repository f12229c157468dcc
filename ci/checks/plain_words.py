"""Finds discouraged words in prose that is already free of them, and names better ones.

Prose is the text of a Markdown page without its code, the comments of C++, CMake, YAML and shell
scripts, and the comments and docstrings of Python. CLEAN lists the paths that are free of
discouraged words; it grows, and it never shrinks.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import Path
from typing import Iterator

# Files, or folders that end with '/'.
CLEAN = (
    "spec/",
    "ci/",
    "harness/cmake/",
    "harness/drivers/kit/cpp/",
    "harness/drivers/reference/",
    "reference/benchmarks/",
    "reference/examples/",
    "reference/include/psq/codec.h",
    "reference/include/psq/codec_cereal.h",
    "reference/include/psq/error.h",
    "reference/include/psq/joinable_queue.h",
    "reference/include/psq/psq.h",
    "reference/include/psq/queue.h",
    "reference/include/psq/queue_core.h",
    "reference/include/psq/simple_queue.h",
    "reference/include/psq/timeout.h",
    "reference/include/psq/until.h",
    "reference/tests/api_test.cc",
    "reference/tests/channel_failure_test.cc",
    "reference/tests/channel_test.cc",
    "reference/tests/clock_test.cc",
    "reference/tests/codec_test.cc",
    "reference/tests/executed_test.cc",
    "reference/tests/fork_test.cc",
    "reference/tests/futex_event_test.cc",
    "reference/tests/handover_test.cc",
    "reference/tests/no_codec/",
    "reference/tests/own_channel.h",
    "reference/tests/process_test.cc",
    "reference/tests/queue_test.cc",
    "reference/tests/robust_lock_test.cc",
    "reference/tests/shared_object.h",
    "reference/tests/test_main.cc",
    "conformance/README.md",
    "conformance/clauses/",
    "conformance/law/",
    "conformance/suite/",
    "conformance/program/",
    "conformance/protocol/",
    "reference/",
    "harness/README.md",
    "harness/drivers/faulty/",
    "harness/ledgers/README.md",
    "harness/psq/",
    "harness/drivers/python/",
    "harness/drivers/kit/python/",
    "harness/drivers/kit/cpp/tests/",
)

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
_HASH_COMMENTS = (".cmake", ".in", ".bash", ".yml")
_CODE = re.compile(r"^ *```.*?^ *```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_DISCOURAGED = {
    re.compile(rf"\b(?:{pattern})\b".replace(" ", r"\s+(?:(?://+|#)\s*)?"), re.IGNORECASE): better
    for pattern, better in BETTER.items()
}


def is_clean(path: Path) -> bool:
    name = path.as_posix()
    return any(name.startswith(entry) if entry.endswith("/") else name == entry for entry in CLEAN)


def complaints(path: Path, text: str) -> Iterator[tuple[int, str]]:
    """The line and the message of each discouraged word in the prose of a clean file."""
    for first, prose in _prose(path, text):
        readable = _RIGHT.sub(_blank, prose)
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
