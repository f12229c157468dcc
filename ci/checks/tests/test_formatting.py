"""A C++ file that clang-format would change is caught."""

from __future__ import annotations

from conftest import Tree

STYLE = "BasedOnStyle: Google\n"


def test_formatted_files_pass(tree: Tree) -> None:
    tree.write(".clang-format", STYLE)
    tree.write("a/b.cc", "int main() { return 0; }\n")
    result = tree.run("formatting")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "1 C++ files, 0 finding(s)\n"


def test_an_unformatted_file_is_caught_once_at_its_first_line(tree: Tree) -> None:
    tree.write(".clang-format", STYLE)
    tree.write("a/b.cc", "int main() { return 0; }\n")
    tree.write("a/c.h", "int  a;\nint b;\nint  c;\n")
    result = tree.run("formatting")
    assert result.returncode == 1
    assert result.stderr == "a/c.h:1: error: not formatted; run 'clang-format -i a/c.h'\n"


def test_ignored_files_are_not_checked(tree: Tree) -> None:
    tree.write(".clang-format", STYLE)
    tree.write(".gitignore", "/made/\n")
    tree.write("made/a.cc", "int  a;\n")
    tree.write("b.cc", "int a;\n")
    tree.under_git()
    assert tree.run("formatting").returncode == 0


def test_no_source_is_no_pass(tree: Tree) -> None:
    tree.write("a.md", "# A\n")
    assert tree.run("formatting").returncode == 1
