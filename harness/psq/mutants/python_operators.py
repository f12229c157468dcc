"""The mutants of a Python source: each operator changes the fewest bytes of the text that do it."""

from __future__ import annotations

import ast
import re
from typing import Iterator, Optional

from psq.mutants.change import Change
from psq.mutants.python_scope import is_diagnostic, on_linux, why_outside

_COMPARISONS: dict[type, tuple[str, str]] = {
    ast.Lt: (r"<", "<="),
    ast.LtE: (r"<=", "<"),
    ast.Gt: (r">", ">="),
    ast.GtE: (r">=", ">"),
    ast.Eq: (r"==", "!="),
    ast.NotEq: (r"!=", "=="),
    ast.Is: (r"\bis\b", "is not"),
    ast.IsNot: (r"\bis\s+not\b", "is"),
    ast.In: (r"\bin\b", "not in"),
    ast.NotIn: (r"\bnot\s+in\b", "in"),
}
# Another comparison is at the same time the negation: one mutant is enough.
_SWAP_NEGATES = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)
_ARITHMETIC: dict[type, tuple[str, str]] = {
    ast.Add: (r"\+", "-"),
    ast.Sub: (r"-", "+"),
    ast.Mult: (r"\*", "//"),
    ast.FloorDiv: (r"//", "*"),
    ast.BitAnd: (r"&", "|"),
    ast.BitOr: (r"\|", "&"),
}
_TESTED = (ast.If, ast.While, ast.IfExp, ast.Assert)
_DROPPED = (ast.Delete, ast.Raise, ast.Break, ast.Continue, ast.Assert, ast.AugAssign)


def python_changes(file: str, source: bytes) -> list[Change]:
    """Every mutant of a file, in the order of its text; raises SyntaxError when it is no Python."""
    finder = _Finder(file, source)
    finder.statements(ast.parse(source).body, "", always=True)
    return sorted(finder.found, key=lambda change: (change.start, change.operator))


class _Finder:
    def __init__(self, file: str, source: bytes) -> None:
        self.found: list[Change] = []
        self._file = file
        self._source = source
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._where = ""
        self._statement = 0
        self._once: set[str] = set()

    # Statements.

    def statements(self, body: list[ast.stmt], where: str, *, always: bool = False) -> None:
        for node in body:
            self._where = where
            # What is run as the file is read is run by every test.
            self._statement = 0 if always else node.lineno
            self._visit_statement(node, where, always)

    def _visit_statement(self, node: ast.stmt, where: str, always: bool) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self._definition(node, where)
            return
        if isinstance(node, (ast.Import, ast.ImportFrom)) or is_diagnostic(node) or _is_text(node):
            return
        known = on_linux(node.test) if isinstance(node, ast.If) else None
        if isinstance(node, ast.If) and known is not None:
            self.statements(node.body if known else node.orelse, where, always=always)
            return
        self._drop(node)
        self._expressions(node)
        for body in _bodies(node):
            self.statements(body, where, always=always)

    def _definition(self, node: ast.stmt, where: str) -> None:
        assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        name = f"{where}.{node.name}".lstrip(".")
        if why_outside(self._file, name):
            return
        is_class = isinstance(node, ast.ClassDef)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self._where, self._statement = name, node.body[0].lineno
            for default in [*node.args.defaults, *node.args.kw_defaults]:
                if default is not None:
                    self._expression(default)
            outer, self._once = self._once, _assigned_once(node)
            self.statements(node.body, name)
            self._once = outer
        elif is_class:
            self.statements(node.body, name, always=True)

    def _drop(self, node: ast.stmt) -> None:
        if isinstance(node, ast.With):
            self._drop_with(node)
        elif isinstance(node, ast.Return):
            if node.value is None:
                self._add("drop", node, "pass")
            elif not (isinstance(node.value, ast.Constant) and node.value.value is None):
                self._add("return-none", node, "return None")
        elif isinstance(node, _DROPPED) or isinstance(node, ast.Expr):
            self._add("drop", node, "pass")
        elif isinstance(node, ast.Assign) and not self._is_needed(node):
            self._add("drop", node, "pass")

    def _is_needed(self, node: ast.Assign) -> bool:
        """Whether the interpreter itself reports that the assignment is missing."""
        names = [each.id for each in ast.walk(node.targets[0]) if isinstance(each, ast.Name)]
        return isinstance(node.targets[0], (ast.Name, ast.Tuple)) and (
            self._statement == 0 or any(name in self._once for name in names)
        )

    def _drop_with(self, node: ast.With) -> None:
        """The context of a `with` that gives no value is left out: its lock, say, is not taken."""
        for number, item in enumerate(node.items):
            if item.optional_vars is not None:
                continue
            if len(node.items) == 1:
                start = self._offset(node.lineno, node.col_offset)
                end = self._end(item.context_expr)
                self._add_bytes("drop-with", start, end, "if True")
            else:
                others = [self._text(each) for i, each in enumerate(node.items) if i != number]
                start = self._offset_of(node.items[0].context_expr)
                end = self._end(node.items[-1].optional_vars or node.items[-1].context_expr)
                at = self._offset_of(item.context_expr)
                self._add_bytes("drop-with", start, end, ", ".join(others), at)

    # Expressions.

    def _expressions(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Raise):
            return
        if isinstance(node, ast.AugAssign):
            self._operator(node.op, node.target, node.value, _ARITHMETIC, "arithmetic")
        for name, value in ast.iter_fields(node):
            if name == "msg" or isinstance(node, ast.Try):
                continue
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, ast.withitem):
                    self._expression(each.context_expr)
                elif isinstance(each, ast.expr):
                    tested = isinstance(node, _TESTED) and name == "test"
                    self._expression(each, tested=tested)

    def _expression(self, node: ast.expr, *, tested: bool = False) -> None:
        """`tested`: the condition of a statement or of a conditional expression."""
        if isinstance(node, ast.JoinedStr) or on_linux(node) is not None:
            return
        if tested:
            self._negate(node)
        if isinstance(node, ast.Compare):
            self._comparison(node)
        elif isinstance(node, ast.BoolOp):
            word = "and" if isinstance(node.op, ast.And) else "or"
            table = {type(node.op): (rf"\b{word}\b", "or" if word == "and" else "and")}
            for left, right in zip(node.values, node.values[1:]):
                self._operator(node.op, left, right, table, "and-or")
        elif isinstance(node, ast.BinOp):
            if _is_formatting(node):
                return
            self._operator(node.op, node.left, node.right, _ARITHMETIC, "arithmetic")
        elif isinstance(node, ast.UnaryOp) and not tested:
            if isinstance(node.op, (ast.Not, ast.USub)):
                self._add("drop-not" if isinstance(node.op, ast.Not) else "sign", node, None)
        elif isinstance(node, ast.Constant) and not tested:
            self._constant(node)
        self._parts(node)

    def _parts(self, node: ast.expr) -> None:
        for name, value in ast.iter_fields(node):
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, ast.keyword):
                    self._expression(each.value)
                elif isinstance(each, ast.expr):
                    self._expression(each, tested=isinstance(node, ast.IfExp) and name == "test")

    def _negate(self, node: ast.expr) -> None:
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], _SWAP_NEGATES):
            return
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            self._add("negate", node, f"({self._text(node.operand)})")
        else:
            self._add("negate", node, f"(not ({self._text(node)}))")

    def _comparison(self, node: ast.Compare) -> None:
        left = node.left
        for op, right in zip(node.ops, node.comparators):
            self._operator(op, left, right, _COMPARISONS, "compare")
            left = right

    def _operator(
        self,
        op: ast.AST,
        left: ast.expr,
        right: ast.expr,
        table: dict[type, tuple[str, str]],
        name: str,
    ) -> None:
        """Replaces the token between two operands; parentheses around them are between, too."""
        if type(op) not in table:
            return
        pattern, after = table[type(op)]
        start = self._end(left)
        between = self._source[start : self._offset_of(right)].decode()
        match = re.search(pattern, between)
        if match is not None:
            self._add_bytes(name, start + match.start(), start + match.end(), after)

    def _constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._add("constant", node, str(not node.value))
        elif isinstance(node.value, (int, float)):
            self._add("constant", node, repr(node.value + 1))

    # Changes.

    def _add(self, operator: str, node: ast.AST, after: Optional[str]) -> None:
        if after is None:
            assert isinstance(node, ast.UnaryOp)
            after = f"({self._text(node.operand)})"
        self._add_bytes(operator, self._offset_of(node), self._end(node), after)

    def _add_bytes(
        self, operator: str, start: int, end: int, after: str, at: Optional[int] = None
    ) -> None:
        shown = start if at is None else at
        line = self._source.count(b"\n", 0, shown) + 1
        self.found.append(
            Change(
                self._file,
                line,
                shown - self._starts[line - 1] + 1,
                operator,
                start,
                end,
                self._source[start:end].decode(),
                after,
                self._where,
                self._statement,
            )
        )

    def _offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column

    def _offset_of(self, node: ast.AST) -> int:
        return self._offset(getattr(node, "lineno"), getattr(node, "col_offset"))

    def _end(self, node: ast.AST) -> int:
        return self._offset(getattr(node, "end_lineno"), getattr(node, "end_col_offset"))

    def _text(self, node: ast.AST) -> str:
        if isinstance(node, ast.withitem):
            named = f" as {ast.unparse(node.optional_vars)}" if node.optional_vars else ""
            return self._text(node.context_expr) + named
        return self._source[self._offset_of(node) : self._end(node)].decode()


def _bodies(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "handlers", "orelse", "finalbody"):
        value = getattr(node, name, None) or []
        for each in value:
            if isinstance(each, ast.ExceptHandler):
                yield each.body
        yield [each for each in value if isinstance(each, ast.stmt)]


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_formatting(node: ast.BinOp) -> bool:
    sides = (node.left, node.right)
    return any(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in sides)


def _assigned_once(function: ast.AST) -> set[str]:
    """The local names that have one assignment: without it, using them is an error."""
    names = [
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    arguments = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    outer = {
        name
        for node in ast.walk(function)
        if isinstance(node, (ast.Global, ast.Nonlocal))
        for name in node.names
    }
    return {name for name in names if names.count(name) == 1} - arguments - outer
