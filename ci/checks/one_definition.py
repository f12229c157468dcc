"""Checks that each program gets one definition of each name: the same type, inline function or inline
variable defined in two files that are linked together is undefined behaviour, and no compiler says so.

    one_definition.py --root . --build build

Ninja says which files a program is made of; a name in an anonymous namespace is its file's own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from cpp_definitions import definitions
from house import Finding

Files = dict[str, str]  # the texts by the paths from the top folder


def clashes(files: Files) -> list[Finding]:
    """The names that more than one of the files of one program defines."""
    first: dict[str, str] = {}
    findings = []
    for file in sorted(files):
        for found in definitions(files[file]):
            other = first.setdefault(found.name, file)
            if other != file:
                message = (
                    f"{found.name} is defined in {other}, too, and a program has both; rename one, "
                    "or put it in an anonymous namespace"
                )
                findings.append(Finding(file, found.line, message))
    return findings


def programs(root: Path, build: Path) -> dict[str, set[str]]:
    """By program of the build tree that is built, the files of the project that it is made of."""
    sources = _sources_by_object(root, build)
    found = {}
    for program in sorted((build / "bin").glob("*")):
        made_of = _ninja(build, "inputs", str(program.relative_to(build)))
        objects = [line for line in made_of if line in sources]
        if objects:
            found[program.name] = set().union(*(sources[each] for each in objects))
    return found


def _sources_by_object(root: Path, build: Path) -> dict[str, set[str]]:
    sources: dict[str, set[str]] = {}
    current: set[str] = set()
    for line in _ninja(build, "deps"):
        if line.startswith(" "):
            path = Path(os.path.normpath(build / line.strip()))
            if path.is_relative_to(root) and not path.is_relative_to(build):
                current.add(str(path.relative_to(root)))
        elif line.endswith("(VALID)"):
            current = sources.setdefault(line.partition(":")[0], set())
        else:
            current = set()
    return sources


def _ninja(build: Path, *question: str) -> list[str]:
    answer = subprocess.run(
        ["ninja", "-C", str(build), "-t", *question], capture_output=True, text=True, check=False
    )
    return answer.stdout.splitlines() if answer.returncode == 0 else []


def check(root: Path, build: Path) -> tuple[list[Finding], int]:
    texts: Files = {}
    findings: dict[str, Finding] = {}
    made_of = programs(root, build)
    for names in made_of.values():
        for name in names - texts.keys():
            texts[name] = (root / name).read_text(encoding="utf-8")
        for finding in clashes({name: texts[name] for name in names}):
            findings[str(finding)] = finding
    return list(findings.values()), len(made_of)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, required=True, help="the top folder of the project")
    parser.add_argument("--build", type=Path, required=True, help="a tree that ninja has built")
    options = parser.parse_args(arguments)
    findings, looked_at = check(options.root.resolve(), options.build.resolve())
    for finding in findings:
        print(finding, file=sys.stderr)
    print(f"{looked_at} programs, {len(findings)} finding(s)")
    if looked_at == 0:
        print(f"nothing was looked at; is {options.build} built by ninja?", file=sys.stderr)
    return 1 if findings or looked_at == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
