"""psq mutants on Python: each operator makes exactly the change that it names, and some code is left alone."""

import pytest
from psq.mutants import reached
from psq.mutants.python_operators import python_changes

FUNCTION = "def f(a, b):\n    x = 0\n    x = 1\n    {}\n"


def mutants(source, file="queues.py"):
    """By line, column and operator, what the source becomes; every mutant is still Python."""
    found = {}
    for change in python_changes(file, source.encode()):
        text = change.apply(source.encode()).decode()
        compile(text, file, "exec")
        key = change.line, change.column, change.operator
        assert key not in found, "two mutants of one name"
        found[key] = text
    return found


def of_line(line):
    """The mutants of the last line of a function, each as what stands there instead."""
    return {
        f"{operator}@{column - 5}": text.splitlines()[3].strip()
        for (number, column, operator), text in mutants(FUNCTION.format(line)).items()
        if number == 4
    }


@pytest.mark.parametrize(
    "line, expected",
    [
        ("g(a < b)", {"drop@0": "pass", "compare@4": "g(a <= b)"}),
        ("g(a <= b)", {"drop@0": "pass", "compare@4": "g(a < b)"}),
        ("g(a > b)", {"drop@0": "pass", "compare@4": "g(a >= b)"}),
        ("g(a >= b)", {"drop@0": "pass", "compare@4": "g(a > b)"}),
        ("g(a == b)", {"drop@0": "pass", "compare@4": "g(a != b)"}),
        ("g((a) != b)", {"drop@0": "pass", "compare@6": "g((a) == b)"}),
        ("g(a is  not b)", {"drop@0": "pass", "compare@4": "g(a is b)"}),
        ("g(a not in b)", {"drop@0": "pass", "compare@4": "g(a in b)"}),
        (
            "g(a < b < x)",
            {"drop@0": "pass", "compare@4": "g(a <= b < x)", "compare@8": "g(a < b <= x)"},
        ),
        ("g(a and b)", {"drop@0": "pass", "and-or@4": "g(a or b)"}),
        ("g(a - b)", {"drop@0": "pass", "arithmetic@4": "g(a + b)"}),
        ("g(a + 'b')", {"drop@0": "pass"}),
        ("g(not a)", {"drop@0": "pass", "drop-not@2": "g((a))"}),
        ("g(-a)", {"drop@0": "pass", "sign@2": "g((a))"}),
        ("g(True)", {"drop@0": "pass", "constant@2": "g(False)"}),
        (
            "g(0.5, z=2)",
            {"drop@0": "pass", "constant@2": "g(1.5, z=2)", "constant@9": "g(0.5, z=3)"},
        ),
        ("x += a", {"drop@0": "pass", "arithmetic@2": "x -= a"}),
        ("return a", {"return-none@0": "return None"}),
        ("return", {"drop@0": "pass"}),
        ("return None", {}),
        ("raise ValueError(f'{a} < {b + 1}')", {"drop@0": "pass"}),
        ("assert a, f'{b}'", {"drop@0": "pass", "negate@7": "assert (not (a)), f'{b}'"}),
        ("del a", {"drop@0": "pass"}),
        ("x = a", {"drop@0": "pass"}),
        ("once = a", {}),
        ("self.once = a", {"drop@0": "pass"}),
        ("debug('%s', a + b)", {}),
        ("util.info('x')", {}),
        ("import os", {}),
        ("'text'", {}),
        (
            "return a if b else x",
            {"return-none@0": "return None", "negate@12": "return a if (not (b)) else x"},
        ),
        ("while a: g", {"negate@6": "while (not (a)): g", "drop@9": "while a: pass"}),
        ("if a: pass", {"negate@3": "if (not (a)): pass"}),
        ("if not a: pass", {"negate@3": "if (a): pass"}),
        ("if a == b: pass", {"compare@5": "if a != b: pass"}),
        ("while 1: break", {"negate@6": "while (not (1)): break", "drop@9": "while 1: pass"}),
        ("with a: pass", {"drop-with@0": "if True: pass"}),
        ("with a as c: pass", {}),
        ("with a, b: pass", {"drop-with@5": "with b: pass", "drop-with@8": "with a: pass"}),
    ],
)
def test_an_operator_changes_only_what_it_names(line, expected):
    assert of_line(line) == expected


def test_every_body_is_walked():
    source = (
        "class C:\n  y = 0\n  def f(self, a=1):\n    try:\n      g(1)\n    except E:\n      g(2)\n"
        "    else:\n      g(3)\n    finally:\n      g(4)\n    for x in a:\n      g(5)\n    else:\n      g(6)\n"
    )
    changes = python_changes("queues.py", source.encode())
    numbers = {change.before for change in changes if change.operator == "constant"}
    assert numbers == set("0123456")
    assert {change.where for change in changes if change.line > 2} == {"C.f"}


def test_a_change_knows_the_statement_that_runs_it():
    source = "def f(a=1):\n  return g(\n    2)\nx = 3\n"
    statements = {
        change.before: change.statement
        for change in python_changes("queues.py", source.encode())
        if change.operator == "constant"
    }
    assert statements == {"1": 2, "2": 2, "3": 0}


@pytest.mark.parametrize(
    "source",
    [
        "if sys.platform == 'win32':\n  g(1)\n",
        "if sys.platform != 'win32':\n  pass\nelse:\n  g(1)\n",
        "class Q:\n  def __repr__(self):\n    return 1 + 2\n",
    ],
)
def test_what_is_outside_is_left_alone(source):
    assert mutants(source) == {}


def test_outside_is_by_file():
    source = "class Listener:\n  def f(self):\n    return 1\n"
    assert mutants(source, "connection.py") == {}
    assert mutants(source, "queues.py") != {}


def test_letters_of_several_bytes_move_nothing():
    assert of_line("g('é', a < b)")["compare@10"] == "g('é', a <= b)"


def test_a_change_of_another_text_is_refused():
    (change, *_) = python_changes("queues.py", b"g(1)\n")
    with pytest.raises(ValueError, match="another version"):
        change.apply(b"h(2)\n")


def test_statements_are_noted_once_and_the_program_stays(tmp_path, monkeypatch):
    source = (
        "from __future__ import annotations\n"
        "def f(a):\n  'what f does'\n  if a:\n    return 1\n  else:\n    x = 2\n  return x\n"
    )
    reached.write_module(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv(reached.VARIABLE, str(tmp_path / "lines"))
    names: dict = {}
    exec(compile(reached.watched("m.py", source), "m.py", "exec"), names)
    assert names["f"](0) == 2 and names["f"](0) == 2 and names["f"].__doc__ == "what f does"
    assert reached.read(tmp_path / "lines") == {"m.py:3", "m.py:4", "m.py:7", "m.py:8"}
