"""Every public header names clauses, and every named clause is one of the law."""

from __future__ import annotations

from conftest import Tree

CHANGES = "added 0.1: queue.put.waits\nadded 0.1: queue.get.old\nremoved 0.2: queue.get.old\n"
HEADER = "reference/include/psq/queue.h"


def _tree(tree: Tree, header: str) -> Tree:
    tree.write("spec/changes.md", CHANGES)
    tree.write(HEADER, header)
    return tree


def test_a_clause_of_the_law_may_be_named(tree: Tree) -> None:
    result = _tree(tree, "// A queue, as queue.h says. Clauses: queue.put.waits.\n").run(
        "contracts"
    )
    assert result.returncode == 0, result.stderr


def test_an_unknown_clause_is_found_at_its_line(tree: Tree) -> None:
    text = "// A queue.\n//\n// Clauses: queue.put.waits,\n// queue.put.waist.\nint x;\n"
    result = _tree(tree, text).run("contracts")
    assert result.returncode == 1
    assert f"{HEADER}:4: error: the law has no clause queue.put.waist" in result.stderr


def test_a_removed_clause_is_found(tree: Tree) -> None:
    result = _tree(tree, "  // Throws. Clauses:\n  // queue.get.old.\n").run("contracts")
    assert "no clause queue.get.old" in result.stderr


def test_a_header_without_clauses_is_found(tree: Tree) -> None:
    tree.write("reference/include/psq/pipe.h", "// Clauses: queue.put.waits.\n")
    result = _tree(tree, "// queue.put.waits is not in a list\n").run("contracts")
    assert result.returncode == 1
    assert f"{HEADER}:1: error: names no clause" in result.stderr


def test_headers_without_promises_of_their_own_need_none(tree: Tree) -> None:
    tree.write("reference/include/psq/psq.h", "// All of the library.\n")
    assert _tree(tree, "// Clauses: queue.put.waits.\n").run("contracts").returncode == 0
