"""A C++ file that clang-format would change is caught, and a Python file that black would."""

from __future__ import annotations

from conftest import Tree

STYLE = "BasedOnStyle: Google\n"


def test_formatted_files_pass(tree: Tree) -> None:
    tree.write(".clang-format", STYLE)
    tree.write("a/b.cc", "int main() { return 0; }\n")
    result = tree.run("formatting")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "1 C++ and Python files, 0 finding(s)\n"


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


def test_python_is_formatted_by_the_settings_at_the_top(tree: Tree) -> None:
    wide = 'FIRST = "' + "x" * 80 + '", "a line of more than 88 and less than 120"\n'
    tree.write("pyproject.toml", "[tool.black]\nline-length = 140\n")
    tree.write("a/b.py", wide)
    assert tree.run("formatting").returncode == 0
    tree.write("pyproject.toml", "")
    result = tree.run("formatting")
    assert result.returncode == 1
    assert result.stderr == "a/b.py:1: error: not formatted; run 'black a/b.py'\n"


def test_each_unformatted_python_file_is_caught(tree: Tree) -> None:
    tree.write("a.py", "x = 1\n")
    tree.write("b.py", "x=1\n")
    tree.write("c.py", "import (\n")
    result = tree.run("formatting")
    assert result.returncode == 1
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["b.py", "c.py"]


def test_no_source_is_no_pass(tree: Tree) -> None:
    tree.write("a.md", "# A\n")
    assert tree.run("formatting").returncode == 1
