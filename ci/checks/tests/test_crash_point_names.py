"""Crash points have the same names in the sources, in DEATH.md and in the tests."""

from __future__ import annotations

import pytest
from conftest import Tree

SOURCE = 'void f() {\n  at("lock-taken");\n  at(last ? "moved"\n          : "piece-read");\n}\n'
PAGE = "| victim dies | leaves |\n|---|---|\n| in a put (`lock-taken`, `moved`) | `nothing` |\n"
PAGE_END = "| in `task_done` (`piece-read`) | nothing |\n"
TESTS = (
    'crash_points({"lock-taken"}, {1, 2});\nChain{"moved", "lock-taken"};\ndie_at("piece-read");\n'
)


@pytest.fixture
def reference(tree: Tree) -> Tree:
    tree.write("reference/src/a.h", SOURCE)
    tree.write("reference/DEATH.md", PAGE + PAGE_END)
    tree.write("reference/tests/death_test.cc", TESTS)
    return tree


def test_the_same_names_everywhere(reference: Tree) -> None:
    result = reference.run("crash_point_names")
    assert (result.returncode, result.stdout) == (0, "3 crash points, 0 finding(s)\n")


@pytest.mark.parametrize(
    "path, content, missing",
    [
        ("reference/src/a.h", 'at("lock-taken");', "moved is not named in the sources"),
        ("reference/DEATH.md", PAGE, "piece-read is not named in reference/DEATH.md"),
        (
            "reference/tests/death_test.cc",
            'die_at("moved");',
            "lock-taken is not named in reference/tests",
        ),
    ],
)
def test_a_name_that_is_missing(reference: Tree, path: str, content: str, missing: str) -> None:
    reference.write(path, content)
    result = reference.run("crash_point_names")
    assert result.returncode == 1
    assert missing in result.stderr + result.stdout
