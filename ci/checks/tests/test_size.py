"""What counts as a line of the reference, and what does not."""

from __future__ import annotations

from conftest import Tree

import size


def test_comments_do_not_count_and_texts_are_no_comments(tree: Tree) -> None:
    text = '// one\nint x;  // two\n\n/* three\n   four */\nauto y = "// five";\n'
    assert size.lines(size.without_comments(text)) == 2


def test_the_lines_of_all_files_are_reported(tree: Tree) -> None:
    tree.write("reference/src/a.cc", "int x;\nint y;\n")
    tree.write("reference/include/psq/b.h", "// A comment.\nint z;\n")
    result = tree.run_program("size.py", "--files")
    assert (result.returncode, result.stdout.splitlines()[-1]) == (0, "3 lines of code in 2 files")
    assert "    2 reference/src/a.cc" in result.stdout


def test_nothing_to_count_is_an_error(tree: Tree) -> None:
    assert tree.run_program("size.py").returncode == 2
