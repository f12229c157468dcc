"""psq mutants on C++: each operator makes exactly the change that it names, and some code is left alone."""

import pytest
from psq.mutants.cpp_operators import cpp_changes
from psq.mutants.cpp_tokens import CODE, TYPE, VALUES, tokens_of


def mutants(source):
    found = {}
    for change in cpp_changes("a.cc", source.encode()):
        key = f"{change.operator}@{change.column}"
        assert key not in found, "two mutants of one name"
        found[key] = change.apply(source.encode()).decode()
    return found


def of_line(line):
    """The mutants of one line in the body of a function, each as what stands there instead."""
    source = f"void f() {{\n{line}\n}}\n"
    return {key: text.split("\n")[1] for key, text in mutants(source).items()}


@pytest.mark.parametrize(
    "line, expected",
    [
        ("return a < b;", {"compare@10": "return a <= b;"}),
        ("return a<b>(c);", {}),
        ("return a == b;", {"compare@10": "return a != b;"}),
        ("return a && !b;", {"and-or@10": "return a || !b;", "drop-not@13": "return a && b;"}),
        ("T&& x = y;", {"drop@1": "(void)0;"}),
        ("return a - b;", {"arithmetic@10": "return a + b;"}),
        ("return -a;", {}),
        ("++a;", {"arithmetic@1": "--a;", "drop@1": "(void)0;"}),
        ("a += b;", {"arithmetic@3": "a -= b;", "drop@1": "(void)0;"}),
        ("return true;", {"constant@8": "return false;"}),
        ("return 0;", {"constant@8": "return 1;"}),
        ("return 1'000u;", {"constant@8": "return 1001u;"}),
        ("return 0xffU;", {"constant@8": "return 0x100U;"}),
        ("return 50ms;", {"constant@8": "return 0ms;"}),
        ("g(a);", {"drop@1": "(void)0;"}),
        ("a = b;", {"drop@1": "(void)0;"}),
        ("return;", {"drop@1": "(void)0;"}),
        ("const std::lock_guard lock(m);", {"drop@1": "(void)0;"}),
        ("const auto x = h(); g(x);", {"drop@21": "const auto x = h(); (void)0;"}),
        ('throw E("a" + b, 1);', {"drop@1": "(void)0;"}),
        ('std::fprintf(stderr, "%d", 1);', {"drop@1": "(void)0;"}),
        ('at("committed");', {}),
        ("static_assert(a == 1);", {}),
        ("x.load(std::memory_order_relaxed);", {"drop@1": "(void)0;"}),
        ("if (a) g();", {"negate@5": "if (!(a)) g();", "drop@8": "if (a) (void)0;"}),
        ("if (!a) {}", {"negate@5": "if (!(!a)) {}"}),
        ("if (a == b) {}", {"compare@7": "if (a != b) {}"}),
        (
            "if (auto x = h(); x > b) {}",
            {
                "negate@19": "if (auto x = h(); !(x > b)) {}",
                "compare@21": "if (auto x = h(); x >= b) {}",
            },
        ),
        ("if (auto* x = h()) {}", {}),
        ("if constexpr (a) {}", {}),
        ("for (;;) g();", {"drop@10": "for (;;) (void)0;"}),
        ("while (a) {}", {"negate@8": "while (!(a)) {}"}),
        ("// a < b", {}),
        ("/* a < b */", {}),
        ("#define X a < b", {}),
        ('h(R"(a < b)", "a < b");', {"drop@1": "(void)0;"}),
        ("case 1: g();", {"constant@6": "case 2: g();", "drop@9": "case 1: (void)0;"}),
    ],
)
def test_an_operator_changes_only_what_it_names(line, expected):
    assert of_line(line) == expected


def test_a_lambda_is_walked_and_its_statement_goes_on():
    assert of_line("h([&](int x) { g(x); }, y);") == {
        "drop@1": "(void)0;",
        "drop@16": "h([&](int x) { (void)0; }, y);",
    }
    assert "drop@1" not in of_line("const auto f = [&] { g(); }; f();")


@pytest.mark.parametrize(
    "before, kind",
    [
        ("namespace a {", TYPE),
        ("class A final : public B {", TYPE),
        ("template <class T> struct A {", TYPE),
        ("template <class T> void f() {", CODE),
        ("A::A() : a_(1) {", CODE),
        ("int f() const noexcept {", CODE),
        ("auto f() -> int {", CODE),
        ("void f() { if (a) {", CODE),
        ("void f() { do {", CODE),
        ("void f() { x = A{", VALUES),
        ("void f() { g([a] {", CODE),
        ("void f() { g([&](int b) mutable {", CODE),
        ("int a[] = {", VALUES),
    ],
)
def test_what_braces_hold(before, kind):
    source = before + " here " + "}" * before.count("{") + ")" * (before.count("g([")) + ";"
    source = source if "g([" not in source else before + " here });}"
    (token,) = [each for each in tokens_of(source.encode()) if each.text == "here"]
    assert token.block == kind


def test_members_are_no_statements():
    assert mutants("class A {\n  int a_;\n  void f();\n  std::mutex m_;\n};\n") == {}


def test_brackets_without_a_partner_are_refused():
    with pytest.raises(ValueError, match="no partner"):
        tokens_of(b"void f() {")
