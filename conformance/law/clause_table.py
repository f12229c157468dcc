"""Turns the pages of the law into the C++ source of the clause table.

    clause_table.py --spec spec --source clause_table.cc [--check]

Nothing is written when a page is wrong: every problem is printed with its file and line, and the
exit status is 1.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

from law import read_law
from pages import Clause

_HEAD = """\
// Made by clause_table.py from the pages of the law; edit those.
#include "law/clause.h"

namespace psq::conformance {{
namespace {{

constexpr std::string_view kDigest = "{digest}";

constexpr Clause kClauses[] = {{
"""

_TAIL = """\
};

}  // namespace

std::span<const Clause> clauses() { return kClauses; }

std::string_view clause_digest() { return kDigest; }

}  // namespace psq::conformance
"""


def digest(clauses: list[Clause]) -> str:
    """Changes when a promise does: SHA-256 over id, level, profile and sentence, in order of id."""
    lines = (
        "\t".join((clause.id, clause.level, clause.profile, clause.sentence)) + "\n"
        for clause in sorted(clauses, key=lambda clause: clause.id)
    )
    return hashlib.sha256("".join(lines).encode("utf-8")).hexdigest()


def literal(text: str) -> str:
    """A C++ string literal. What is not plain ASCII goes as octal: it ends after three digits."""
    special = {ord('"'): '\\"', ord("\\"): "\\\\"}
    characters = (
        special.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}")
        for byte in text.encode("utf-8")
    )
    return '"' + "".join(characters) + '"'


def render(clauses: list[Clause]) -> str:
    rows = []
    for clause in clauses:
        fields = (
            literal(clause.id),
            f"Level::k{clause.level.capitalize()}",
            f"Profile::k{clause.profile.capitalize()}",
            literal(clause.sentence),
            literal(clause.notes.get("Why", "")),
            literal(clause.notes.get("Source", "")),
            literal(clause.page),
            literal(clause.notes.get("Differs", "")),
            str(clause.line),
        )
        rows.append("    {" + ",\n     ".join(fields) + "},\n")
    return _HEAD.format(digest=digest(clauses)) + "".join(rows) + _TAIL


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--spec", type=Path, required=True, help="the folder of the pages")
    parser.add_argument("--source", type=Path, help="where to write the C++ source")
    parser.add_argument("--check", action="store_true", help="only look at the pages")
    options = parser.parse_args(arguments)
    if bool(options.source) == options.check:
        parser.error("give either --source FILE or --check")

    law = read_law(options.spec)
    for problem in law.problems:
        print(problem, file=sys.stderr)
    if law.problems:
        print(f"{len(law.problems)} problem(s) in the pages of the law", file=sys.stderr)
        return 1
    if options.source:
        options.source.write_text(render(law.clauses), encoding="utf-8")
    else:
        print(f"{len(law.clauses)} clauses, digest {digest(law.clauses)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
