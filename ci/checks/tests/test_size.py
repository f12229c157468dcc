"""What counts as a line of the reference, and what does not."""

from __future__ import annotations

import pytest
from conftest import Tree

import size


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("if constexpr (kFaults) return;\nint x;", "\nint x;"),
        ("if constexpr (detail::kFaults)\n  if (a()) { b(); }\nc();", "\nc();"),
        ("if constexpr (kFaults)\n  for (int i : {1, 2}) if (i) d({;});\ne();", "\ne();"),
        ("if constexpr (kFaults) { a(); } else { b(); }", "{ b(); }"),
        ("if constexpr (kFaults)\n  if (a) b();\n  else c();\nd();", "\nd();"),
        ('#include "src/fault_seam.h"\n#include "src/clock.h"\n', '#include "src/clock.h"\n'),
        ("  friend struct FaultSeams;\n  int x;\n", "  int x;\n"),
        ("  std::atomic<int> fault_x_{0};\n  int x{0};\n", "  int x{0};\n"),
        ("[[maybe_unused]] const int a = kFaults ? b() : 0;\nint x;\n", "int x;\n"),
        ("#ifdef PSQ_FAULTS\na\n#else\nb\n#endif\nc\n", "b\nc\n"),
    ],
)
def test_seams_of_faults_do_not_count(text: str, left: str) -> None:
    assert size.without_seams(text) == left


def test_comments_do_not_count_and_texts_are_no_comments(tree: Tree) -> None:
    text = '// one\nint x;  // two\n\n/* three\n   four */\nauto y = "// five";\n'
    assert size.lines(size.without_comments(text)) == 2


def test_more_than_the_most_fails(tree: Tree) -> None:
    tree.write("reference/src/a.cc", "int x;\nint y;\n")
    tree.write("reference/src/fault_a.cc", "int z;\n")
    result = tree.run_program("size.py")
    assert (result.returncode, result.stdout.split()[0]) == (0, "2")


def test_nothing_to_count_is_an_error(tree: Tree) -> None:
    assert tree.run_program("size.py").returncode == 2
