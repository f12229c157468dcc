"""One name, one definition in each program: what clashes is found, and what only looks so is not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from conftest import Tree

from cpp_definitions import definitions
from one_definition import clashes, main

STAGE = "namespace psq::conformance {\nclass Stage {\n  int process_;\n};\n}\n"


def of(*texts: str) -> list[str]:
    return [
        str(each) for each in clashes({f"{number}.h": text for number, text in enumerate(texts)})
    ]


@pytest.mark.parametrize(
    "one, other, name",
    [
        (STAGE, "namespace psq { namespace conformance {\nstruct Stage { int q; };\n} }", "Stage"),
        ("enum class Kind : int { kA };", "enum Kind { kB };", "Kind"),
        ("struct [[nodiscard]] A final : B { };", "struct alignas(8) A { };", "A"),
        ("template <class T>\nstruct A { T t; };", "template <int n> struct A { };", "A"),
        ("template <> struct A<int> { };", "template <>\nstruct A<int> { int i; };", "A<int>"),
        ("inline constexpr int kMany = 3;", "inline constexpr auto kMany = 4;", "kMany"),
        ("inline const Wait kWait{.block = false};", "inline const Wait kWait{};", "kWait"),
        (
            "inline int f(int a, const B& b = {}) { return a; }",
            "inline int f(int x, const B& y) { }",
            "f(int, const B &)",
        ),
        ("constexpr int f() { return 1; }", "template <class T> int f() { return 2; }", "f()"),
        (
            "inline bool A::b() const { return true; }",
            "inline bool A::b() const { return false; }",
            "A::b()",
        ),
        ('extern "C" {\nstruct A { };\n}', "struct A { };", "A"),
        ('const char* t = "{";\nstruct A { };', "int n = 1'000; char c = '{';\nstruct A { };", "A"),
        ('auto r = R"({")";\nstruct A { };', "struct A { };", "A"),
    ],
)
def test_two_definitions_in_one_program_clash(one: str, other: str, name: str) -> None:
    (finding,) = of(one, other)
    assert finding.startswith("1.h:") and f"{name} is defined in 0.h, too" in finding


@pytest.mark.parametrize(
    "one, other",
    [
        (STAGE, "namespace psq {\nstruct Stage { };\n}"),
        (STAGE, "namespace psq::conformance {\nnamespace {\nstruct Stage { };\n}\n}"),
        (STAGE, "namespace psq::conformance { class Stage; Stage* stage(); struct Other { }; }"),
        ("// struct A { };\nstruct B { };", "/* struct B { }; */ struct A { };"),
        ("struct A { struct Part { }; };", "struct B { struct Part { }; };"),
        ("void f() { struct A { }; }", "void g() { struct A { }; }"),
        ("inline int f(int a) { return a; }", "inline int f(long a) { return 1; }"),
        ("#define A struct A { };\nint i;", "struct A { };"),
        ("constexpr int kMany = 3;", "constexpr int kMany = 4;"),
        ("namespace p = psq;\nstruct A { };", "namespace p = psq;"),
    ],
)
def test_what_only_looks_alike_does_not(one: str, other: str) -> None:
    assert of(one, other) == []


def test_the_line_is_that_of_the_definition() -> None:
    (stage,) = definitions(STAGE)
    assert (stage.name, stage.line) == ("psq::conformance::Stage", 2)


PROJECT = """\
cmake_minimum_required(VERSION 3.25)
project(small LANGUAGES CXX)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
add_library(part STATIC src/part.cc)
add_executable(program src/main.cc)
target_link_libraries(program PRIVATE part)
add_executable(other src/other.cc)
"""


@pytest.fixture
def built(tmp_path: Path) -> Tree:
    tree = Tree(tmp_path / "project")
    tree.write("CMakeLists.txt", PROJECT)
    tree.write("src/one.h", STAGE)
    tree.write("src/two.h", STAGE.replace("int", "long"))
    tree.write("src/part.cc", '#include "one.h"\nvoid part() {}\n')
    tree.write("src/main.cc", '#include "one.h"\nint main() {}\n')
    tree.write("src/other.cc", '#include "two.h"\nint main() {}\n')
    return tree


def build_and_check(tree: Tree) -> int:
    build = tree.root / "build"
    for command in (
        ["cmake", "-G", "Ninja", "-S", tree.root, "-B", build],
        ["cmake", "--build", build],
    ):
        subprocess.run(command, check=True, capture_output=True)
    return main(["--root", str(tree.root), "--build", str(build)])


def test_programs_that_are_not_linked_together_may_differ(built: Tree, capsys) -> None:
    assert build_and_check(built) == 0
    assert capsys.readouterr().out == "2 programs, 0 finding(s)\n"


def test_a_clash_behind_a_library_is_found(built: Tree, capsys) -> None:
    built.write("src/main.cc", '#include "two.h"\nint main() {}\n')
    assert build_and_check(built) == 1
    said = capsys.readouterr()
    assert "src/two.h:2: error: psq::conformance::Stage is defined in src/one.h, too" in said.err


def test_a_tree_that_is_not_built_is_no_pass(built: Tree, capsys) -> None:
    assert main(["--root", str(built.root), "--build", str(built.root / "build")]) == 1
    assert "nothing was looked at" in capsys.readouterr().err
