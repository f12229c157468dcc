"""Tokens of C++ sources, and the blocks that they stand in: enough to change them with care, no parser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional

_TOKEN = re.compile(
    rb"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<text>(?:u8|[uUL])?R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|(?:u8|[uUL])?"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+')
    |(?P<number>\.?\d(?:[eEpP][+-]|'?[\w.])*)
    |(?P<name>[A-Za-z_]\w*)
    |(?P<sign><=>|<<=|>>=|\.\.\.|->\*|::|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[^\s\w])""",
    re.VERBOSE | re.DOTALL,
)
_PREPROCESSOR = re.compile(rb"^[ \t]*\#(?:[^\n\\]|\\.|\\\n)*", re.MULTILINE | re.DOTALL)

CODE, TYPE, VALUES = "code", "type", "values"
_TYPE_WORDS = ("class", "struct", "union", "enum", "namespace", "extern")
_BEFORE_CODE = (
    ")",
    "]",
    "}",
    "else",
    "do",
    "try",
    "const",
    "noexcept",
    "override",
    "mutable",
    "final",
)


@dataclass
class Token:
    text: str
    kind: str  # text, number, name or sign
    start: int
    end: int
    before: bool = False  # space before it
    after: bool = False
    partner: Optional[int] = None  # of a bracket: the index of the other one
    block: str = TYPE  # what the innermost braces around it hold
    is_inner: bool = False  # of a brace: it stands within a statement, which goes on behind it


def tokens_of(source: bytes) -> list[Token]:
    """Without comments and lines of the preprocessor. Raises ValueError for brackets without a partner."""
    plain = _PREPROCESSOR.sub(lambda found: b" " * len(found[0]), source)
    found: list[Token] = []
    for match in _TOKEN.finditer(plain):
        kind = match.lastgroup if match.lastgroup != "mark" else "text"
        if kind == "skip":
            continue
        token = Token(match[0].decode(), str(kind), match.start(), match.end())
        token.before = plain[match.start() - 1 : match.start()].isspace()
        token.after = plain[match.end() : match.end() + 1].isspace()
        found.append(token)
    _pair(found)
    _mark_blocks(found)
    return found


def _pair(tokens: list[Token]) -> None:
    open_ones: list[int] = []
    for index, token in enumerate(tokens):
        if token.text in ("(", "[", "{") and token.kind == "sign":
            open_ones.append(index)
        elif token.text in (")", "]", "}") and token.kind == "sign":
            if not open_ones:
                raise ValueError(f"no partner for the {token.text} at byte {token.start}")
            token.partner = open_ones.pop()
            tokens[token.partner].partner = index
    if open_ones:
        raise ValueError(f"no partner for the bracket at byte {tokens[open_ones[-1]].start}")


def _mark_blocks(tokens: list[Token]) -> None:
    around = [TYPE]
    for index, token in enumerate(tokens):
        if token.text == "{" and token.kind == "sign":
            what, token.is_inner = _kind_of_block(tokens, index)
            around.append(what)
        token.block = around[-1]
        if token.text == "}" and token.kind == "sign":
            around.pop()
            token.is_inner = tokens[token.partner or 0].is_inner


def _kind_of_block(tokens: list[Token], at: int) -> tuple[str, bool]:
    head = _head(tokens, at)
    words = [token.text for token in head]
    last = words[-1] if words else "}"
    if words and words[0] == "template":
        words = _without_template(words)
    if words and (words[0] in _TYPE_WORDS or words[:2] == ["inline", "namespace"]):
        return TYPE, False
    if _is_lambda(tokens, at):
        return CODE, True
    if last in _BEFORE_CODE or ("->" in words and ")" in words and "=" not in words):
        return CODE, False
    return (CODE, False) if not head else (VALUES, True)


def _head(tokens: list[Token], at: int) -> list[Token]:
    """From the start of the statement or definition to the brace; brackets are gone over as a whole."""
    index = at - 1
    while index >= 0:
        token = tokens[index]
        if token.text in (")", "]") and token.partner is not None:
            index = token.partner - 1
            continue
        if token.text in (";", "{", "}", "(", "["):
            break
        index -= 1
    return tokens[index + 1 : at]


def _without_template(words: list[str]) -> list[str]:
    depth = 0
    for index, word in enumerate(words):
        depth += {"<": 1, ">": -1, ">>": -2}.get(word, 0)
        if index > 0 and depth <= 0:
            return words[index + 1 :]
    return words


def _is_lambda(tokens: list[Token], at: int) -> bool:
    index = at - 1
    while index >= 0 and (
        tokens[index].kind == "name" or tokens[index].text in ("->", "::", "*", "&")
    ):
        index -= 1
    if index >= 0 and tokens[index].text == ")":
        index = (tokens[index].partner or 0) - 1
    opener = tokens[index].partner if index >= 0 and tokens[index].text == "]" else None
    if opener is None or opener == 0:
        return False
    # An index follows a name or another bracket; the list of a lambda does not.
    before = tokens[opener - 1]
    return before.text == "return" or not (before.kind == "name" or before.text in (")", "]"))
