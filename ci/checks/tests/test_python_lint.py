"""What flake8 and mypy complain of is caught, at its line."""

from __future__ import annotations

from conftest import Tree

SETTINGS = """\
[tool.mypy]
files = ["typed"]
disallow_untyped_defs = true
"""


def test_clean_python_passes(tree: Tree) -> None:
    tree.write("pyproject.toml", SETTINGS)
    tree.write("typed/a.py", "def double(x: int) -> int:\n    return 2 * x\n")
    tree.write("free/b.py", "def double(x):\n    return 2 * x\n")
    result = tree.run("python_lint")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "2 Python files, 0 finding(s)\n"


def test_an_unused_import_is_caught(tree: Tree) -> None:
    tree.write("a.py", "import os\nimport sys\n\nprint(sys.argv)\n")
    result = tree.run("python_lint")
    assert result.returncode == 1
    assert result.stderr == "a.py:1: error: F401 'os' imported but unused\n"


def test_wrong_types_are_caught_where_types_are_asked_for(tree: Tree) -> None:
    tree.write("pyproject.toml", SETTINGS)
    tree.write("typed/a.py", "def f() -> int:\n    return 'x'\n\n\ndef g(x):\n    return x\n")
    tree.write("free/b.py", "def f() -> int:\n    return 'x'\n")
    result = tree.run("python_lint")
    assert result.returncode == 1
    lines = result.stderr.splitlines()
    assert [line.split(": error: ")[0] for line in lines] == ["typed/a.py:2", "typed/a.py:5"]
    assert "Incompatible return value type" in lines[0]
    assert "missing a type annotation" in lines[1]


def test_a_tool_that_fails_is_no_pass(tree: Tree) -> None:
    tree.write(".flake8", "[flake8]\nmax-line-length = broad\n")
    tree.write("a.py", "x = 1\n")
    assert tree.run("python_lint").returncode not in (0, 2)


def test_no_python_is_no_pass(tree: Tree) -> None:
    tree.write("a.md", "# A\n")
    assert tree.run("python_lint").returncode == 1


def test_wrong_types_are_caught_in_a_package_of_its_own_settings(tree: Tree) -> None:
    tree.write("pyproject.toml", SETTINGS)
    tree.write("typed/a.py", "x = 1\n")
    tree.write("lib/pyproject.toml", SETTINGS.replace("typed", "p"))
    tree.write("lib/p/a.py", "def f() -> int:\n    return 'x'\n")
    result = tree.run("python_lint")
    assert result.returncode == 1
    assert result.stderr.startswith("lib/p/a.py:2: error: Incompatible return value type")
