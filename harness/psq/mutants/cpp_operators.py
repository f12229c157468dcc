"""The mutants of a C++ source, by its tokens. Some of them do not compile: they are stillborn.

Left alone are the orders of atomic operations (equal on x86 but for the compiler), messages, assertions, and the probes
of the reference, which do nothing.
"""

from __future__ import annotations

import re
from typing import Iterator, Optional

from psq.mutants.change import Change
from psq.mutants.cpp_tokens import CODE, Token, tokens_of

_BETWEEN_SPACES = {
    "<": ("compare", "<="),
    "<=": ("compare", "<"),
    ">": ("compare", ">="),
    ">=": ("compare", ">"),
    "==": ("compare", "!="),
    "!=": ("compare", "=="),
    "&&": ("and-or", "||"),
    "||": ("and-or", "&&"),
    "+": ("arithmetic", "-"),
    "-": ("arithmetic", "+"),
    "/": ("arithmetic", "*"),
    "%": ("arithmetic", "+"),
    "&": ("arithmetic", "|"),
    "|": ("arithmetic", "&"),
    "+=": ("arithmetic", "-="),
    "-=": ("arithmetic", "+="),
}
_STEPS = {"++": "--", "--": "++"}
_TRUTHS = {"true": "false", "false": "true"}
_NUMBER = re.compile(r"(0[xX])?([0-9a-fA-F']+?)([uUlLzZ]*)$")
_DURATION = re.compile(r"\d[\d']*(ns|us|ms|s|min|h)$")
_DECLARATION = re.compile(
    r"(?:(?:const|constexpr|static|thread_local|volatile|auto|unsigned|\[ \[ \w+ \] \]) )*"
    r"[A-Za-z_]\w*(?: :: \w+)*(?: <.*>)?(?: [*&]| const)* (?P<name>[A-Za-z_]\w*)(?: [={(\[].*|)$"
)
_NO_STATEMENTS = (
    "using",
    "typedef",
    "static_assert",
    "template",
    "friend",
    "public",
    "private",
    "goto",
)
_WITHOUT_EFFECT = ("at", "assert")


def cpp_changes(file: str, source: bytes) -> list[Change]:
    """Every mutant of a file, in the order of its text."""
    finder = _Finder(file, source)
    finder.single_tokens()
    finder.conditions()
    finder.statements()
    return sorted(finder.found, key=lambda change: (change.start, change.operator))


class _Finder:
    def __init__(self, file: str, source: bytes) -> None:
        self.found: list[Change] = []
        self._file = file
        self._source = source
        self._tokens = tokens_of(source)
        self._left_alone = self._spans_left_alone()

    def _spans_left_alone(self) -> list[tuple[int, int]]:
        """What stands in the brackets of these is no part of what the program does."""
        spans = []
        for index, token in enumerate(self._tokens[:-1]):
            if token.text in ("static_assert", "assert", "alignas", "sizeof", "requires"):
                following = self._tokens[index + 1]
                if following.text == "(" and following.partner is not None:
                    spans.append((index, following.partner))
            elif token.text in ("throw", "fprintf"):
                spans.append((index, self._end_of_statement(index)))
        return spans

    def _end_of_statement(self, index: int) -> int:
        while index < len(self._tokens) - 1 and self._tokens[index].text != ";":
            index = max(index + 1, (self._tokens[index].partner or 0))
        return index

    def _is_left_alone(self, index: int) -> bool:
        return any(first <= index <= last for first, last in self._left_alone)

    # Operators and constants.

    def single_tokens(self) -> None:
        for index, token in enumerate(self._tokens):
            if self._is_left_alone(index) or token.kind == "text":
                continue
            after = self._replacement(index, token)
            if after is not None:
                self._add(after[0], token.start, token.end, after[1])

    def _replacement(self, index: int, token: Token) -> Optional[tuple[str, str]]:
        if token.text in _BETWEEN_SPACES and token.before and token.after:
            return _BETWEEN_SPACES[token.text]
        if token.text in _STEPS:
            return "arithmetic", _STEPS[token.text]
        if token.text in _TRUTHS and not self._is_after(index, "if"):
            return "constant", _TRUTHS[token.text]
        if token.text == "!" and not self._is_whole_condition(index):
            return "drop-not", ""
        return _other_number(token.text) if token.kind == "number" else None

    def _is_after(self, index: int, *words: str) -> bool:
        return (
            index > 1
            and self._tokens[index - 1].text == "("
            and self._tokens[index - 2].text in words
        )

    def _is_whole_condition(self, index: int) -> bool:
        """Then to negate it is the same."""
        if not self._is_after(index, "if", "while"):
            return False
        last = self._tokens[index - 1].partner or index
        return not {"&&", "||"} & {each.text for each in self._tokens[index:last]}

    # Conditions.

    def conditions(self) -> None:
        for index, token in enumerate(self._tokens[:-1]):
            if token.text in ("if", "while") and self._tokens[index + 1].text == "(":
                self._negate(index + 1)

    def _negate(self, bracket: int) -> None:
        last = self._tokens[bracket].partner
        assert last is not None
        first = bracket + 1
        for index in range(first, last):
            if self._tokens[index].text == ";":
                first = index + 1
        words = [each.text for each in self._tokens[first:last]]
        if _DECLARATION.match(" ".join(words)) and "=" in words:
            return
        # `a == b` has the mutant `a != b` already.
        if not {"&&", "||"} & set(words) and {"==", "!="} & set(words):
            return
        start, end = self._tokens[first].start, self._tokens[last - 1].end
        self._add("negate", start, end, f"!({self._source[start:end].decode()})")

    # Statements.

    def statements(self) -> None:
        for first, last in self._spans_of_statements():
            first = self._without_control(first, last)
            if first < last and self._may_be_dropped(first, last):
                self._add("drop", self._tokens[first].start, self._tokens[last - 1].end, "(void)0")

    def _spans_of_statements(self) -> Iterator[tuple[int, int]]:
        """First token and the semicolon of each statement in a body, those of lambdas included."""
        starts: list[int] = [0]
        brackets = 0
        outer: list[int] = []
        for index, token in enumerate(self._tokens):
            if token.kind != "sign":
                continue
            if token.text == "{":
                outer.append(brackets)
                starts.append(index + 1)
                brackets = 0
            elif token.text == "}":
                starts.pop()
                brackets = outer.pop()
                if not token.is_inner:
                    starts[-1] = index + 1
            elif token.text in "([":
                brackets += 1
            elif token.text in ")]":
                brackets -= 1
            elif token.text == ";" and brackets == 0:
                if token.block == CODE:
                    yield starts[-1], index
                starts[-1] = index + 1

    def _without_control(self, first: int, last: int) -> int:
        """Behind `if (...)`, `else`, `for (...)`, labels and the like."""
        while first < last:
            word = self._tokens[first].text
            if word in ("if", "for", "while", "switch"):
                bracket = first + (2 if self._tokens[first + 1].text == "constexpr" else 1)
                first = (self._tokens[bracket].partner or last) + 1
            elif word in ("else", "do", "try"):
                first += 1
            elif word in ("case", "default"):
                colon = first
                while colon < last and self._tokens[colon].text != ":":
                    colon += 1
                first = colon + 1
            else:
                break
        return first

    def _may_be_dropped(self, first: int, last: int) -> bool:
        words = [each.text for each in self._tokens[first:last]]
        if words[0] == "return":
            return len(words) == 1
        if words[0] in _NO_STATEMENTS or words[0] in _WITHOUT_EFFECT:
            return False
        declared = _DECLARATION.match(" ".join(words))
        if declared is None or words[0] in ("throw", "delete"):
            return True
        return not self._is_used(declared["name"], last)

    def _is_used(self, name: str, index: int) -> bool:
        """Whether the rest of the block has the name."""
        depth = 0
        for token in self._tokens[index:]:
            depth += {"{": 1, "}": -1}.get(token.text, 0) if token.kind == "sign" else 0
            if depth < 0:
                return False
            if token.text == name:
                return True
        return False

    def _add(self, operator: str, start: int, end: int, after: str) -> None:
        line = self._source.count(b"\n", 0, start) + 1
        column = start - (self._source.rfind(b"\n", 0, start) + 1) + 1
        before = self._source[start:end].decode()
        self.found.append(Change(self._file, line, column, operator, start, end, before, after))


def _other_number(text: str) -> Optional[tuple[str, str]]:
    duration = _DURATION.match(text)
    if duration:
        return "constant", f"0{duration[1]}"
    match = _NUMBER.match(text)
    if not match:
        return None
    digits = match[2].replace("'", "")
    if match[1]:
        return "constant", f"{match[1]}{int(digits, 16) + 1:x}{match[3]}"
    return "constant", f"{int(digits) + 1}{match[3]}" if digits.isdigit() else text
