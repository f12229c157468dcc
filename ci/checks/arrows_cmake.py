"""The arrows in CMake files: linked libraries, and names of programs and folders."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import Iterator, Optional

from cmake_reader import Command, expand_loops, read_commands
from house import Finding
from zones import LIBRARIES, Zone, zone_at, zone_of

_SCOPES = ("PUBLIC", "PRIVATE", "INTERFACE", "LINK_PUBLIC", "LINK_PRIVATE", "debug", "optimized")
_SYSTEM = ("Threads", "rt", "pthread", "m", "dl", "stdc++", "stdc++fs", "atomic")
_NAMES_TARGETS = ("add_dependencies", "add_custom_command", "add_custom_target", "add_test")
_TARGET = re.compile(r"[\w.+-]+(?:::[\w.+-]+)*")
_TOP = ("${CMAKE_SOURCE_DIR}", "${PROJECT_SOURCE_DIR}", "${psq_SOURCE_DIR}")
_HERE = ("${CMAKE_CURRENT_SOURCE_DIR}", "${CMAKE_CURRENT_LIST_DIR}")


def check(root: Path, files: list[Path]) -> tuple[list[Finding], int]:
    sources = [path for path in files if path.name == "CMakeLists.txt" or path.suffix == ".cmake"]
    commands = {path: expand_loops(read_commands(root / path)) for path in sources}
    targets = _targets(commands)
    findings: dict[Finding, None] = {}
    arrows = 0
    for path, listed in commands.items():
        for command in listed:
            for message in _complaints(root, path, command, targets):
                arrows += 1
                if message:
                    findings[Finding(str(path), command.line, message)] = None
    return list(findings), arrows


def _targets(commands: dict[Path, list[Command]]) -> dict[str, Zone]:
    """The targets of the project, and the zone that defines each."""
    return {
        command.arguments[0]: zone_of(path)
        for path, listed in commands.items()
        for command in listed
        if command.name in ("add_library", "add_executable", "add_custom_target")
        and command.arguments
    }


def _complaints(
    root: Path, path: Path, command: Command, targets: dict[str, Zone]
) -> Iterator[str]:
    """One text for each arrow of the command. The text of an allowed arrow is empty."""
    zone = zone_of(path)
    if command.name == "target_link_libraries":
        for item in command.arguments[1:]:
            if item not in _SCOPES:
                yield from _link_complaints(zone, path, item, targets)
    elif command.name in _NAMES_TARGETS:
        for name in _named(command.arguments):
            if name in targets:
                yield "" if zone.may_name(targets[name]) else _not(zone, targets[name], name)
    for argument in command.arguments:
        named = _folder_named(root, path, argument)
        if named is not None:
            other = zone_at(named)
            yield "" if zone.may_name(other) else _not(zone, other, argument)


def _not(zone: Zone, other: Zone, what: str) -> str:
    return (
        f"{zone.folder}/ may not know {other.folder}/, which has {what}; "
        "see the table in zones.py"
    )


def _named(arguments: tuple[str, ...]) -> Iterator[str]:
    for argument in arguments:
        yield from _TARGET.findall(argument) if "$<" in argument else [argument]


def _link_complaints(zone: Zone, path: Path, item: str, targets: dict[str, Zone]) -> Iterator[str]:
    in_generator = "$<" in item
    for name in _TARGET.findall(item) if in_generator else [item]:
        library = LIBRARIES.get(name.split("::")[0])
        if name in targets:
            yield "" if zone.may_know(targets[name]) else _not(zone, targets[name], name)
        elif library is not None:
            allowed = zone.may_use(library, path)
            yield "" if allowed else f"{zone.folder}/ may not use {library} ({name}); see zones.py"
        elif not in_generator and not _is_system(name):
            yield (
                f"{name} is neither a target of the project nor a library in zones.py; "
                "add it there"
            )


def _is_system(name: str) -> bool:
    return name.startswith(("-", "${CMAKE_")) or name.split("::")[0] in _SYSTEM


def _folder_named(root: Path, path: Path, argument: str) -> Optional[str]:
    """The folder of the project that an argument names, relative to the top."""
    text = argument
    for variable in _TOP:
        text = text.replace(variable, str(root))
    for variable in _HERE:
        text = text.replace(variable, str(root / path.parent))
    if "$" in text or "*" in text or (text == argument and "/" not in text and ".." not in text):
        return None
    absolute = os.path.normpath(root / path.parent / text)
    if not os.path.exists(absolute):
        return None
    relative = PurePosixPath(os.path.relpath(absolute, root))
    if relative.parts[:1] == ("..",):
        return None
    folder = relative if os.path.isdir(absolute) else relative.parent
    return "" if folder == PurePosixPath(".") else str(folder)
