"""Asks a running driver which fields it reads: a field of a wrong type must be refused."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Iterator

from vocabulary import PROCESS, Operation, Vocabulary

_WITHIN = 20.0  # seconds, for any answer
_WRONG: dict[str, Any] = {"wrong": []}
# A value of each type that is right, or right enough for the other fields to be looked at.
_RIGHT: dict[str, Any] = {
    "type": "queue",
    "name": "other",
    "names": ["a"],
    "boolean": True,
    "integer": 1,
    "number": 0.0,
    "timeout": 0.0,
    "ending": "exit",
    "operations": [],
    "item": {"from": "root", "seq": 0, "size": 4096},
    "bytes": "00",
}
# Which type of object a create needs so that it takes a field.
_CREATED_WITH = {
    "unfinished": "joinable_queue",
    "duplex": "pipe",
    **dict.fromkeys(("visibility", "prefetch", "patience"), "broker_queue"),
}


class Driver:
    """A driver's root process, as its controller."""

    def __init__(self, command: list[str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="psq-kits-")
        path = str(Path(self._folder.name) / "control")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.settimeout(_WITHIN)
            listener.bind(path)
            listener.listen()
            self._process = subprocess.Popen(command, env={**os.environ, "PSQ_SOCKET": path})
            self._connection, _ = listener.accept()
        self._connection.settimeout(_WITHIN)
        self._lines = self._connection.makefile("r", encoding="utf-8")
        self.hello = json.loads(self._lines.readline())
        self.asked = 0

    def __enter__(self) -> Driver:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()
        self._connection.close()  # which ends it
        self._process.wait(_WITHIN)
        self._folder.cleanup()

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        self.asked += 1
        line = json.dumps({"id": self.asked, **request}) + "\n"
        self._connection.sendall(line.encode())
        return json.loads(self._lines.readline())


def _right(vocabulary: Vocabulary, name: str) -> Any:
    return _RIGHT[next(each.type for each in vocabulary.fields if each.name == name)]


def _whole_request(vocabulary: Vocabulary, row: Operation, on: str) -> dict[str, Any]:
    """A request with all that the row needs."""
    request: dict[str, Any] = {"do": row.name}
    if row.on:
        request["on"] = on
    for names in row.fields:
        if names[0] not in row.optional:
            request[names[0]] = _right(vocabulary, names[0])
    if row.name == "end":
        request["status"] = 0
    return request


def _cases(vocabulary: Vocabulary, row: Operation, on: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Requests that make no sense, each with what is wrong with it."""
    whole = _whole_request(vocabulary, row, on)
    for names in row.fields:
        for name in names:
            if name == "json":  # of which every value is right
                continue
            case = {key: value for key, value in whole.items() if key not in names}
            case[name] = _WRONG
            if row.name == "create" and name in _CREATED_WITH:
                case["type"] = _CREATED_WITH[name]
                case["names"] = ["a", "b"] if name == "duplex" else ["a"]
            yield f"a {name} of a wrong type", case
        if names[0] not in row.optional:
            yield f"no {' or '.join(names)}", {k: v for k, v in whole.items() if k not in names}
    if row.on:
        yield "no on", {key: value for key, value in whole.items() if key != "on"}


def _has(hello: dict[str, Any], row: Operation, kind: str) -> bool:
    return not row.declared or row.name in hello["capabilities"]["operations"].get(kind, [])


def _creates(hello: dict[str, Any], request: dict[str, Any]) -> bool:
    """Whether the driver has what a request creates, if it creates anything."""
    kind = request.get("type")
    if request["do"] != "create" or not isinstance(kind, str):
        return True
    return bool(hello["capabilities"]["operations"].get("connection" if kind == "pipe" else kind))


def _object_of(driver: Driver, kind: str) -> str:
    """Creates an object of that type; a name that means nothing for a process."""
    if kind == PROCESS:
        return "nothing"
    created = {"type": "pipe" if kind == "connection" else kind}
    names = [f"{kind}1", f"{kind}2"] if kind == "connection" else [f"{kind}1"]
    driver.ask({"do": "create", **created, "names": names})
    return names[0]


def check_fields(vocabulary: Vocabulary, command: list[str]) -> tuple[list[str], int]:
    """What the driver takes and should not, and how many requests were sent to it."""
    complaints: list[str] = []
    with Driver(command) as driver:
        for kind in vocabulary.hello_types():
            on = _object_of(driver, kind)
            for row in vocabulary.operations:
                if kind not in row.types or not _has(driver.hello, row, kind):
                    continue
                for wrong, request in _cases(vocabulary, row, on):
                    if not _creates(driver.hello, request):
                        continue
                    listed = row.name == "pause"  # which is an element of a list alone
                    asked = {"do": "run", "operations": [request]} if listed else request
                    outcome = driver.ask(asked)["outcome"]
                    if outcome != "bad_request":
                        what = f"{kind}.{row.name} with {wrong}"
                        complaints.append(f"{command[0]}: {what}: {outcome}")
        asked_in_all = driver.asked
    return complaints, asked_in_all
