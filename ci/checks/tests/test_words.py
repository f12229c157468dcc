"""Paths of one machine are caught wherever they stand, and other paths are left alone."""

from __future__ import annotations

import pytest
from conftest import Tree

# In pieces, so that the check does not find this file.
WORK, FARM, STUDIO = "/wo" + "rk", "/fa" + "rm", "/tmp/stu" + "dio"
ROOT, HOME, USERS = "/ro" + "ot", "/ho" + "me", "/Use" + "rs"

CAUGHT = [
    f"cd {WORK}/main",
    f"in {WORK}.",
    f"'{FARM}/x'",
    f"path={STUDIO}/a",
    f"(see {ROOT}/.cache)",
    f"{HOME}/somebody/bin",
    f"-I{HOME}/somebody",
    f"PATH=/bin:{USERS}/some.body/x",
    f"file://{WORK}/a",
    f"{WORK}",
]
LEFT_ALONE = [
    f"harness{WORK}/a",
    f"${{TOP}}{WORK}/a",
    f"$(pwd){FARM}",
    f"https://example.org{WORK}/a",
    f"..{WORK}/a",
    f"{WORK}er/a",
    f"{ROOT}s/a",
    "/tmp/psq-1",
    "/usr/bin/python3",
    f"{HOME}",
    "parent, root/child",
]


@pytest.mark.parametrize("text", CAUGHT)
def test_a_path_of_one_machine_is_caught(tree: Tree, text: str) -> None:
    tree.write("docs/a.md", f"first\n{text}\n")
    result = tree.run("words")
    assert result.returncode == 1
    assert "docs/a.md:2: error: names " in result.stderr


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_other_paths_are_left_alone(tree: Tree, text: str) -> None:
    tree.write("a.txt", f"{text}\n")
    result = tree.run("words")
    assert (result.returncode, result.stderr) == (0, "")


def test_tracked_and_new_files_are_read_and_ignored_ones_are_not(tree: Tree) -> None:
    for name in ("tracked", "new", "ignored"):
        tree.write(f"{name}.txt", f"{WORK}/a\n")
    tree.write(".gitignore", "ignored.txt\n")
    tree.under_git("tracked.txt")
    result = tree.run("words")
    assert "\nnew.txt:1:" in "\n" + result.stderr
    assert "\ntracked.txt:1:" in "\n" + result.stderr
    assert "ignored.txt" not in result.stderr


def test_a_tracked_file_that_was_deleted_is_no_error(tree: Tree) -> None:
    tree.write("gone.txt", "a\n")
    tree.write("here.txt", "a\n")
    tree.under_git("gone.txt", "here.txt")
    (tree.root / "gone.txt").unlink()
    assert tree.run("words").returncode == 0


def test_binary_files_are_skipped(tree: Tree) -> None:
    tree.write("a.bin", f"\0{WORK}/a\n")
    tree.write("a.txt", "text\n")
    assert tree.run("words").returncode == 0


def test_nothing_to_read_is_no_pass(tree: Tree) -> None:
    assert tree.run("words").returncode == 1


@pytest.mark.parametrize("program", ["arrows.py", "words.py", "formatting.py"])
def test_a_finding_is_the_exit_status_of_the_program(tree: Tree, program: str) -> None:
    tree.write(".clang-format", "BasedOnStyle: Google\n")
    tree.write("reference/a.cc", "int a;\n")
    tree.write("reference/b.cc", "#include <vector>\n")
    assert tree.run_program(program).returncode == 0
    tree.write("reference/a.cc", f'#include   "nowhere.h"\n// {WORK}/a\n')
    result = tree.run_program(program)
    assert result.returncode == 1
    assert "reference/a.cc:" in result.stderr
