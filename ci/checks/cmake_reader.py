"""Reads the commands of a CMake file, in enough detail to find the names in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
      | "(?P<quoted>(?:[^"\\]|\\.)*)"
      | (?P<paren>[()])
      | (?P<newline>\n)
      | (?P<space>[^\S\n]+)
      | (?P<argument>[^\s()"\#]+(?:"[^"]*"[^\s()"\#]*)*)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Command:
    line: int
    name: str
    arguments: tuple[str, ...]


def read_commands(path: Path) -> list[Command]:
    """The commands in order. Arguments in inner parentheses belong to the command."""
    commands: list[Command] = []
    line, depth = 1, 0
    name, start, arguments = "", 0, []
    for match in _TOKEN.finditer(path.read_text(encoding="utf-8")):
        kind, text = match.lastgroup, match[0]
        if kind == "paren":
            depth += 1 if text == "(" else -1
            if depth == 0:
                commands.append(Command(start, name.lower(), tuple(arguments)))
                arguments = []
        elif depth == 0 and kind == "argument":
            name, start = text, line
        elif kind in ("argument", "quoted"):
            arguments.append(match["quoted"] if kind == "quoted" else text)
        line += text.count("\n")
    return commands


def expand_loops(commands: list[Command]) -> list[Command]:
    """The commands, with one copy for each value of a plain `foreach(variable a b c)`."""
    loops: dict[str, tuple[str, ...]] = {}
    expanded: list[Command] = []
    for command in commands:
        if command.name == "foreach" and len(command.arguments) > 1:
            loops[command.arguments[0]] = command.arguments[1:]
        variants = [command]
        for variable, values in loops.items():
            variants = [
                version
                for variant in variants
                for version in _versions(variant, "${" + variable + "}", values)
            ]
        expanded += variants
    return expanded


def _versions(command: Command, variable: str, values: tuple[str, ...]) -> list[Command]:
    if not any(variable in argument for argument in command.arguments):
        return [command]
    return [
        Command(
            command.line,
            command.name,
            tuple(argument.replace(variable, value) for argument in command.arguments),
        )
        for value in values
    ]
