"""A discouraged word is caught in prose, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import plain_words
import pytest
from conftest import Tree

CAUGHT = [
    ("Nobody waits.", 1, "'Nobody'"),
    ("First.\n\nSomebody puts.", 3, "'Somebody'"),
    ("A kill of whoever puts.", 1, "'whoever'"),
    ("Then the\nothers wait.", 1, "'the others'"),
    ("At that moment it ends.", 1, "'moment'"),
    ("A word of the list.", 1, "'word'"),
    ("A package with the same face.", 1, "'face'"),
    ("The driver tells a lie.", 1, "'lie'"),
    ("The accounts of dead processes.", 1, "'accounts'"),
    ("```\ncode\n```\nEverybody waits.", 4, "'Everybody'"),
    ("| `word` | a word |", 1, "'word'"),
]
LEFT_ALONE = [
    "A key word is one of the key words of BCP 14.",
    "An item of the word size, in a 64-bit word.",
    "A discouraged word.",
    "## failure.moment.joiner (OBSERVED, base)",
    "Run `psq list 'failure.moment.*'`.",
    "Sections: kill, moment,\nrobust.",
    "```\nthe word of nobody\n```",
    "The other processes use the interface of momentary wording.",
]


@pytest.mark.parametrize("text, line, saying", CAUGHT)
def test_a_discouraged_word_is_caught(tree: Tree, text: str, line: int, saying: str) -> None:
    tree.write("spec/a.md", text + "\n")
    result = tree.run("words")
    assert result.returncode == 1
    assert result.stderr.startswith(f"spec/a.md:{line}: error: says {saying}; ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_a_right_use_is_left_alone(tree: Tree, text: str) -> None:
    tree.write("spec/a.md", text + "\n")
    result = tree.run("words")
    assert (result.returncode, result.stderr) == (0, "")


def test_mutants_are_named_in_files_about_them_only(tree: Tree) -> None:
    tree.write("docs/mutants.md", "A mutant of the sources.\n")
    assert tree.run("words").returncode == 0
    tree.write("docs/faults.md", "A mutant of the queue.\n")
    assert "docs/faults.md:1: error: says 'mutant'; use fault" in tree.run("words").stderr


@pytest.mark.parametrize("name", ["README.md", "docs/a.md", "reference/README.md"])
def test_every_page_is_read(tree: Tree, name: str) -> None:
    tree.write(name, "Nobody waits.\n")
    assert tree.run("words").returncode == 1


@pytest.mark.parametrize(
    "name, text, lines",
    [
        ("a.h", '// Nobody waits.\nint f();  // the\n// others\nauto s = "nobody";\n', [1, 2]),
        ("a.cc", 'auto moment = "word";  // see https://word.example\n', []),
        ("CMakeLists.txt", 'set(word "nobody")  # a word\n# In a `word`.\n# Nobody.\n', [1, 3]),
        ("a.cmake", "# Nobody.\nset(x https://a#word)\n", [1]),
        ("test", "#!/bin/bash\nmoment=1  # the moment\n", [2]),
        ("LICENSE", "# Nobody.\n", []),
        ("a.py", 'A = "nobody"  # a word\n"""Text.\n\nNobody."""\nnobody = 1\n', [1, 4]),
    ],
)
def test_of_code_only_comments_are_prose(name: str, text: str, lines: list[int]) -> None:
    found = sorted(line for line, _ in plain_words.complaints(Path(name), text))
    assert found == lines
