"""A unit of work as it travels to another machine, and what comes back: a request, and an answer.

A request is one line of JSON. An answer is a line of JSON, its head, and the bytes of the unit's files, one behind the
other. Paths of the tree travel as what they are in it, so that each machine has its tree where it likes.
"""

from __future__ import annotations

import json
import math
import platform
from pathlib import Path, PurePosixPath
from typing import Any, Union

from psq.base.paths import Paths
from psq.base.status import InternalError
from psq.running.tree import Identity
from psq.running.units import LOG, Limit, Unit

MOST_BYTES = 64 << 20
"""Of all files of a unit together; the deepest and largest are left out first."""
_MOST_OF_LOG = 1 << 16

# An argument as it is, or the name of a folder of the tree and what is below it.
_Word = Union[str, list[str]]


def encode_request(unit: Unit, paths: Paths, tree: Identity) -> bytes:
    limit = None if math.isinf(unit.limit.seconds) else unit.limit.seconds
    request = {
        "name": unit.name,
        "argv": [_outward(word, paths, unit.folder) for word in unit.argv],
        "limit": limit,
        "grows": unit.limit.grows,
        "tree": tree,
    }
    return json.dumps(request).encode()


def decode_request(line: bytes, paths: Paths, folder: Path) -> tuple[Unit, Identity]:
    """The unit for this tree, which writes to `folder`, and the tree that it has to run in."""
    try:
        request = json.loads(line)
        argv = [_inward(word, paths, folder) for word in request["argv"]]
        seconds = math.inf if request["limit"] is None else float(request["limit"])
        limit = Limit(seconds, str(request["grows"]))
        return Unit(None, str(request["name"]), argv, folder, limit), dict(request["tree"])
    except (ValueError, KeyError, TypeError) as error:
        raise InternalError(f"this is no request of psq: {error!r}") from error


def refusal(why: str) -> bytes:
    return json.dumps({"refused": why, "host": platform.node()}).encode() + b"\n"


def encode_answer(unit: Unit) -> bytes:
    """How the unit ended, and its files, with at most the tail of its output."""
    if unit.log.is_file():
        unit.log.write_bytes(unit.log.read_bytes()[-_MOST_OF_LOG:])
    found = [path for path in unit.folder.rglob("*") if path.is_file() and not path.is_symlink()]
    names = {path: path.relative_to(unit.folder) for path in found}
    files, bodies, left_out, room = [], [], [], MOST_BYTES
    for path in sorted(found, key=lambda each: (len(names[each].parts), each.stat().st_size)):
        body = path.read_bytes() if path.stat().st_size <= room else None
        if body is None or len(body) > room:
            left_out.append(str(names[path]))
            continue
        files.append([str(names[path]), len(body)])
        bodies.append(body)
        room -= len(body)
    head = {
        "status": unit.status,
        "seconds": unit.seconds,
        "stuck": unit.stuck,
        "host": platform.node(),
        "folder": str(unit.folder),
        "files": files,
        "left_out": left_out,
    }
    return b"".join([json.dumps(head).encode(), b"\n", *bodies])


def keep_answer(answer: bytes, unit: Unit) -> str:
    """Writes the files into the unit's folder, and how it ended into the unit; returns why it was refused.

    Raises InternalError when this is no answer, or one with a path out of the folder.
    """
    line, _, rest = answer.partition(b"\n")
    try:
        head: dict[str, Any] = json.loads(line)
        unit.host = str(head["host"])
        if "refused" in head:
            return str(head["refused"])
        status, seconds, stuck = int(head["status"]), float(head["seconds"]), bool(head["stuck"])
        _write_files(head, rest, unit.folder)
    except (ValueError, KeyError, TypeError) as error:
        raise InternalError(f"{unit.name}: a worker's answer cannot be read: {error!r}") from error
    unit.status, unit.seconds, unit.stuck = status, seconds, stuck
    if head["left_out"]:
        _note_left_out(unit, head["left_out"])
    return ""


def _write_files(head: dict[str, Any], rest: bytes, folder: Path) -> None:
    if sum(size for _, size in head["files"]) != len(rest):
        raise ValueError("its files are not as long as it says")
    for name, size in head["files"]:
        relative = PurePosixPath(name)
        if relative.is_absolute() or ".." in relative.parts:
            raise ValueError(f"it has the path {name!r}")
        body, rest = rest[:size], rest[size:]
        if len(relative.parts) == 1:
            # Its results name the folder of the evidence, as it was there.
            body = body.replace(head["folder"].encode(), str(folder).encode())
        path = folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)


def _note_left_out(unit: Unit, names: list[str]) -> None:
    with (unit.folder / LOG).open("a", encoding="utf-8") as log:
        for name in names:
            log.write(f"psq: {name} stayed on {unit.host}: too large to be sent\n")


def _outward(word: str, paths: Paths, folder: Path) -> _Word:
    path = Path(word)
    if path.parent in (paths.programs or (paths.build / "bin",)):
        return ["program", path.name]
    for name, root in (("folder", folder), ("build", paths.build), ("source", paths.source)):
        if path == root or root in path.parents:
            return [name, str(path.relative_to(root))]
    return word


def _inward(word: _Word, paths: Paths, folder: Path) -> str:
    if isinstance(word, str):
        return word
    name, below = word
    if name == "program":
        return str(paths.program(below))
    return str({"folder": folder, "build": paths.build, "source": paths.source}[name] / below)
