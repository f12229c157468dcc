"""Fuzzes psq's readers of results, ledgers and histories: whatever a file holds, it is read or refused with a message.

    reader_fuzzer.py SECONDS SEED

mutates good files, mostly as JSON and now and then as bytes, and does with each what the commands do with it.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from rich.console import Console  # noqa: E402

from psq.base.status import Stop, UsageError  # noqa: E402
from psq.law.clause_table import Clause, Law, Test  # noqa: E402
from psq.reporting import junit, report, timeline  # noqa: E402
from psq.reporting.page import render  # noqa: E402
from psq.reporting.comparison import print_comparison  # noqa: E402
from psq.reporting.summary import print_summary  # noqa: E402
from psq.results import certificate, difference, result_file  # noqa: E402
from psq.results.comparable import ACCEPTABLE, expect_comparable  # noqa: E402
from psq.running import ledger, ledger_update  # noqa: E402

_ITEM = {"from": "p", "seq": 0, "size": 9}
_TIMES = {"outcome": "ok", "invoked": 5, "returned": 9}
RESULTS: list[Any] = [
    {
        "record": "plan",
        "format": 1,
        "name": "n",
        "driver": ["d"],
        "tests": ["q.a", "q.b", "q.c"],
        "planned": 3,
        "clause_digest": "d1",
        "seed": 7,
        "thorough": {"planned": [], "left_out": ["q.d"]},
        "selection": [],
        "about": {"psq": "1", "patience": 1.0, "ledger": None, "platform": {"system": "s"}},
    },
    {"record": "implementation", "implementation": "i", "version": "1", "start_method": "fork"},
    {"record": "test", "test": "q.a", "clauses": ["q.a"], "verdict": "pass", "seconds": 0.5},
    {
        "record": "test",
        "test": "q.b",
        "clauses": ["q.b", "q.a"],
        "verdict": "fail",
        "clause": "q.b",
        "message": "expected x; saw y",
        "expected": "x",
        "saw": "y",
        "card": "FAIL  q.b\n  more",
        "evidence": "somewhere",
        "observed": {"q.b": "late"},
        "seed": 7,
    },
    {"record": "test", "test": "q.c", "clauses": ["q.c"], "verdict": "expected-fail"},
    {"record": "end", "planned": 3, "ran": 3, "problems": ["one"], "status": 1},
    {
        "record": "ledger",
        "path": "l",
        "entries": [{"clause": "q.c", "line": 4, "applies": True, "always": True}],
    },
]
LEDGER: list[Any] = [
    {
        "implementation": "i",
        "entries": [{"clause": "q.a", "reason": "r", "start_methods": ["fork"]}],
    }
]
HISTORY: list[Any] = [
    {"history": 1, "objects": [{"name": "q", "type": "queue", "maxsize": 2}]},
    {"do": "put", "on": "q", "process": "p", "thread": "t", "item": _ITEM, **_TIMES},
    {"do": "get", "on": "q", "process": "c", "value": {"item": _ITEM}, "timeout": 1.5, **_TIMES},
    {"do": "qsize", "on": "q", "process": "c", "value": 3, **_TIMES},
    {"do": "get", "on": "q", "process": "c", "invoked": 11},
    {"death": {"process": "c", "how": "kill", "at": 30}},
]

_ODD: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    0.5,
    10**30,
    -(2**63),
    "",
    [],
    {},
    [[]],
    {"": None},
]
_ODD += ["\0", "\ud800", "[/]", "[red", "\x1b[2J", "]]>", "é" * 40, "\n", ["a", 1], {"a": ["b"]}]
_ODD_TEXT = [
    "NaN",
    "-Infinity",
    "1e999",
    "[" * 100_000,
    '{"a":' * 100_000,
    "9" * 5000,
    "\ufeff",
    "{}",
]


def _nodes(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a value: the container and the key or index."""
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    found: list[tuple[Any, Any]] = []
    for key in list(keys):
        found.append((value, key))
        if isinstance(value[key], (dict, list)):
            found += _nodes(value[key])
    return found


def _mutate_value(records: list[Any], chance: random.Random) -> None:
    places = _nodes(records)
    if not places:
        return
    container, key = chance.choice(places)
    how = chance.randrange(5)
    if how == 0:
        del container[key]
    elif how == 1 and isinstance(container, dict):
        container[chance.choice(["record", "test", "do", "death", "value"])] = container.pop(key)
    elif how == 2 and isinstance(container, list):
        container.insert(key, json.loads(json.dumps(container[key])))
    else:
        container[key] = json.loads(json.dumps(chance.choice(_ODD)))


def _mutate_bytes(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    how = chance.randrange(4)
    if how == 0:
        return data[:at]
    if how == 1:
        return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
    if how == 2:
        return data[:at] + chance.choice(_ODD_TEXT).encode() + data[at:]
    return data[:at] + data[at + chance.randrange(20) :]


def mutation(records: list[Any], chance: random.Random) -> bytes:
    """The records as lines of JSON, changed in a few places."""
    records = json.loads(json.dumps(records))
    for _ in range(chance.randrange(4)):
        _mutate_value(records, chance)
    data = "".join(json.dumps(each) + "\n" for each in records).encode()
    for _ in range(chance.choice((0, 0, 1, 2))):
        data = _mutate_bytes(data, chance)
    return data


def _law() -> Law:
    names = ("q.a", "q.b", "q.c", "q.d")
    clauses = {name: Clause(name, "MUST", "base", "s", "queue", "", "") for name in names}
    return Law(clauses, {name: Test(name, (name,), "MUST", "base") for name in names})


class Readers:
    """What the commands do with a file, below the command line."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "file"
        self._folder = folder
        self._law = _law()

    def results(self, data: bytes) -> None:
        self._path.write_bytes(data)
        run = result_file.load(self._path)
        console = Console(file=io.StringIO())
        print_summary(run, self._law, console)
        print_comparison([run, run], self._law, console, list(self._law.clauses))
        for text in (
            render.html([run], self._law),
            report.markdown([run], self._law),
            report.as_json([run], self._law),
            junit.render([run]),
        ):
            text.encode()
        for judge_later in (
            lambda: expect_comparable(run, run, self._law, ACCEPTABLE),
            lambda: difference.changes(run, run, self._law),
            lambda: certificate.make(run, self._law),
            lambda: ledger_update.update(run, None),
        ):
            with contextlib.suppress(UsageError):
                judge_later()

    def a_ledger(self, data: bytes) -> None:
        self._path.write_bytes(data)
        ledger.read(self._path, self._law)

    def history(self, data: bytes) -> None:
        self._path.write_bytes(data)
        timeline.draw(self._path, self._folder / "page.html")


def readers(folder: Path) -> list[tuple[Callable[[bytes], None], list[Any]]]:
    all_of_them = Readers(folder)
    return [
        (all_of_them.results, RESULTS),
        (all_of_them.a_ledger, LEDGER),
        (all_of_them.history, HISTORY),
    ]


def run_one(reader: Callable[[bytes], None], data: bytes) -> bool:
    """Whether the file was read; any exception but a Stop with a message is a finding, and is raised."""
    try:
        reader(data)
    except Stop as stop:
        assert str(stop), "refused without a message"
        return False
    return True


def fuzz(seconds: float, seed: int) -> tuple[int, int]:
    """How many files were tried, and how many of them were read."""
    chance = random.Random(seed)
    until = time.monotonic() + seconds
    tried = read = 0
    with tempfile.TemporaryDirectory(prefix="psq-") as folder:
        chosen = readers(Path(folder))
        while time.monotonic() < until:
            reader, good = chosen[tried % len(chosen)]
            data = mutation(good, chance)
            try:
                read += run_one(reader, data)
            except BaseException:
                print(f"finding, by {reader.__name__}: {data!r:.2000}", file=sys.stderr)
                raise
            tried += 1
    return tried, read


def main(seconds: str, seed: str) -> int:
    tried, read = fuzz(float(seconds), int(seed))
    print(f"{tried} files, {read} of them read and the rest refused with a message, no finding")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
