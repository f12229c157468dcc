"""Which types, inline functions and inline variables a C++ text defines with external linkage.

It reads tokens, no grammar: enough for code that is formatted as this project's is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Iterator, Optional

_TOKEN = re.compile(
    r"(?P<skip>//[^\n]*|/\*.*?\*/|^[ \t]*#(?:\\\n|[^\n])*)"
    r'|(?P<raw>R"(?P<mark>[^\s()\\]*)\(.*?\)(?P=mark)")'
    r'|(?P<text>"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\')'
    r"|(?P<word>[A-Za-z_]\w*|\d[\w.']*)|(?P<mark2>::|\S)",
    re.DOTALL | re.MULTILINE,
)
_KEYS = ("class", "struct", "union", "enum")
_INLINE = ("inline", "constexpr", "consteval", "template")
_CLOSED_BY = {"(": ")", "[": "]", "<": ">"}


@dataclass(frozen=True)
class Definition:
    name: str  # qualified; of a function with the types of its parameters
    line: int


@dataclass
class _Scope:
    kind: str  # "namespace", or "other" for whatever holds no namespace members
    name: str = ""
    # Of a `{` between parentheses: the head that goes on behind its `}`, and its depth.
    outer: tuple[list[str], int] = field(default_factory=lambda: ([], 0))


@dataclass
class _Reader:
    """What stands since the last statement ended, and in which scopes."""

    scopes: list[_Scope] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    line: int = 0
    depth: int = 0  # of parentheses in the head

    def at_namespace_level(self) -> bool:
        return self.depth == 0 and all(scope.kind == "namespace" for scope in self.scopes)

    def visible(self) -> bool:
        return self.at_namespace_level() and all(scope.name for scope in self.scopes)

    def open(self) -> None:
        if self.depth == 0:
            self.scopes.append(_opened(self.head))
        else:
            self.scopes.append(_Scope("other", outer=(self.head, self.depth)))
        self.head, self.depth = [], 0

    def close(self) -> None:
        self.head, self.depth = self.scopes.pop().outer if self.scopes else ([], 0)

    def qualified(self, name: str) -> str:
        return "::".join([*(scope.name for scope in self.scopes if scope.name != "extern"), name])


def definitions(text: str) -> Iterator[Definition]:
    reader = _Reader()
    for token, line in _tokens(text):
        if token == "{":
            found = _defined(reader)
            if found:
                yield Definition(reader.qualified(found), reader.line)
            reader.open()
        elif token == "}":
            reader.close()
        elif token == ";" and reader.depth == 0:
            reader.head = []
        else:
            if token == "=" and _is_inline_variable(reader):
                yield Definition(reader.qualified(reader.head[-1]), reader.line)
            reader.depth += (token == "(") - (token == ")")
            if not reader.head:
                reader.line = line
            reader.head.append(token)


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    line, seen = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", seen, match.start())
        seen = match.start()
        if match["skip"] is None:
            yield ('""' if match["raw"] or match["text"] else match.group()), line


def _opened(head: list[str]) -> _Scope:
    words = [word for word in head if word != "inline"]
    if words[:1] == ["namespace"]:
        return _Scope("namespace", "".join(words[1:]))
    if words == ["extern", '""']:
        return _Scope("namespace", "extern")
    return _Scope("other")


def _defined(reader: _Reader) -> Optional[str]:
    """The name of what a `{` here defines: a type, an inline function or an inline variable."""
    head = reader.head
    if not reader.visible() or _is_initialized(head) or head[:1] == ["namespace"]:
        return None
    after = _without_template(head)
    if after[:1] and after[0] in _KEYS:
        return _type_name(after)
    if not any(word in _INLINE for word in head):
        return None
    if "(" in after:
        return _function_name(after)
    return after[-1] if "inline" in after else None


def _is_initialized(head: list[str]) -> bool:
    depth = 0
    for token in head:
        depth += (token in "(<") - (token in ")>")
        if token == "=" and depth == 0:
            return "operator" not in head
    return False


def _is_inline_variable(reader: _Reader) -> bool:
    head = reader.head
    return reader.visible() and "inline" in head and "(" not in head and "operator" not in head


def _without_template(head: list[str]) -> list[str]:
    while head[:1] == ["template"]:
        head = head[_end_of(head, 1) :]
    return head


def _end_of(tokens: list[str], start: int) -> int:
    """The place behind the bracket that closes the one at `start`."""
    opening, closing, depth = tokens[start], _CLOSED_BY[tokens[start]], 0
    for number in range(start, len(tokens)):
        depth += (tokens[number] == opening) - (tokens[number] == closing)
        if depth == 0:
            return number + 1
    return len(tokens)


def _type_name(head: list[str]) -> Optional[str]:
    rest = head[2:] if head[:2] in (["enum", "class"], ["enum", "struct"]) else head[1:]
    while rest[:1] == ["["] or rest[:1] == ["alignas"]:
        rest = rest[_end_of(rest, 0 if rest[0] == "[" else 1) :]
    name: list[str] = []
    for token in rest:
        if token in (":", "final"):
            break
        name.append(token)
    return "".join(name) or None


def _function_name(head: list[str]) -> str:
    start = head.index("(")
    name = [head[start - 1]] if start else []
    while len(name) < start and (head[start - len(name) - 1] == "::" or name[0] == "::"):
        name.insert(0, head[start - len(name) - 1])
    inside = head[start + 1 : _end_of(head, start) - 1]
    return "".join(name) + "(" + ", ".join(_types(inside)) + ")"


def _types(parameters: list[str]) -> Iterator[str]:
    parts: list[list[str]] = [[]]
    depth = 0
    for token in parameters:
        depth += (token in "([<{") - (token in ")]>}")
        if token == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    for part in parts:
        if "=" in part:
            part = part[: part.index("=")]
        named = len(part) > 1 and re.match(r"\w", part[-1]) and part[-2] not in ("::", "const")
        yield " ".join(part[:-1] if named else part)
