"""A circle among psq's packages or modules, and an import against their order, are caught."""

from __future__ import annotations

import pytest
from conftest import Tree

RIGHT = {
    "harness/psq/__init__.py": "",
    "harness/psq/cli.py": "from psq.commands import check\nfrom psq.base.status import Status\n",
    "harness/psq/base/__init__.py": "",
    "harness/psq/base/status.py": "import enum\n",
    "harness/psq/base/paths.py": "from psq.base.status import Status\n",
    "harness/psq/law/__init__.py": "",
    "harness/psq/law/clause_table.py": "from psq.base import paths\n",
    "harness/psq/commands/__init__.py": "",
    "harness/psq/commands/check.py": "import psq.law.clause_table\n",
    "harness/psq/tests/test_check.py": "from psq import cli\n",
}


@pytest.fixture
def right(tree: Tree) -> Tree:
    for name, text in RIGHT.items():
        tree.write(name, text)
    return tree


def test_the_order_passes(right: Tree) -> None:
    result = right.run("layers")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "7 imports within harness/psq, 0 finding(s)\n"


@pytest.mark.parametrize(
    "name, text, said",
    [
        (
            "base/paths.py",
            "\nfrom psq.law import clause_table\n",
            "paths.py:2: error: base may not import law",
        ),
        ("base/paths.py", "from ..law.clause_table import Law\n", "base may not import law"),
        (
            "base/paths.py",
            "def late():\n    import psq.commands.check\n",
            "paths.py:2: error: base may not",
        ),
        ("commands/check.py", "from psq import cli\n", "commands may not import cli"),
        (
            "results/__init__.py",
            "from psq.commands import check\n",
            "results may not import commands",
        ),
        ("base/status.py", "from psq.base.paths import Paths\n", "other: paths -> status -> paths"),
        (
            "base/status.py",
            "if 0:\n    from .paths import Paths\n",
            "other: paths -> status -> paths",
        ),
        ("extra/__init__.py", "", "the package extra has no place in ORDER"),
    ],
)
def test_an_import_that_closes_a_circle_is_caught(
    right: Tree, name: str, text: str, said: str
) -> None:
    right.write(f"harness/psq/{name}", text)
    result = right.run("layers")
    assert result.returncode == 1
    assert said in result.stderr


def test_a_circle_through_three_modules_is_caught(right: Tree) -> None:
    right.write("harness/psq/base/a.py", "from psq.base import b\n")
    right.write("harness/psq/base/b.py", "from psq.base import c\n")
    right.write("harness/psq/base/c.py", "from psq.base.a import x\n")
    result = right.run("layers")
    assert result.returncode == 1
    assert "modules import each other: a -> b -> c -> a" in result.stderr


def test_no_package_is_no_pass(tree: Tree) -> None:
    tree.write("a.py", "")
    assert tree.run("layers").returncode == 1
