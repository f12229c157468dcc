"""Runs processes on a queue of this interpreter and records what they did, as any program could.

Each process keeps a file of its own, a line before each call and a line after it, so that a process
that is killed leaves its pending call behind.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import queue
import signal
import time
from pathlib import Path
from typing import Any, Callable

TYPES = {
    "Queue": "queue",
    "SimpleQueue": "simple_queue",
    "JoinableQueue": "joinable_queue",
    "Manager": "manager_queue",
}
OUTCOMES = {queue.Empty: "empty", queue.Full: "full"}


class Recorder:
    """The calls of one process."""

    def __init__(self, folder: Path, process: str) -> None:
        self._file = open(folder / process, "w", buffering=1)
        self._process = process

    def call(self, do: str, function: Callable[[], Any], **fields: Any) -> Any:
        """Makes the call; what it obtained, if anything."""
        line = {"do": do, "on": "q", "process": self._process, **fields}
        self._file.write(json.dumps({**line, "invoked": time.monotonic_ns()}) + "\n")
        value, outcome = None, "ok"
        invoked = time.monotonic_ns()
        try:
            value = function()
        except (queue.Empty, queue.Full) as error:
            outcome = OUTCOMES[type(error)]
        returned = time.monotonic_ns()
        line.update(invoked=invoked, outcome=outcome, returned=returned)
        if do == "get" and outcome == "ok":
            line["value"] = {"item": {"from": value[0], "seq": value[1]}}
        elif isinstance(value, (bool, int)):
            line["value"] = value
        self._file.write(json.dumps(line) + "\n")
        return value


def produce(folder: Path, name: str, shared: Any, count: int, simple: bool) -> None:
    recorder = Recorder(folder, name)
    for seq in range(count):
        item = (name, seq, b"x" * (seq % 3 * 3000))
        fields = {"item": {"from": name, "seq": seq, "size": len(item[2])}}
        if simple:
            recorder.call("put", lambda: shared.put(item), **fields)
        else:
            recorder.call("put", lambda: shared.put(item, True, 30), timeout=30, **fields)


def consume(folder: Path, name: str, shared: Any, count: int, simple: bool) -> None:
    recorder = Recorder(folder, name)
    for turn in range(count):
        if simple:
            recorder.call("get", shared.get)
        elif turn % 3 == 0:
            recorder.call("get", lambda: shared.get(False), block=False)
        else:
            recorder.call("get", lambda: shared.get(True, 0.02), timeout=0.02)


def drain(recorder: Recorder, shared: Any, simple: bool) -> None:
    if simple:
        while not recorder.call("empty", shared.empty):
            recorder.call("get", shared.get)
        return
    while recorder.call("get", lambda: shared.get(True, 0.5), timeout=0.5) is not None:
        pass


def finish_tasks(recorder: Recorder, shared: Any, tasks: int) -> None:
    for _ in range(tasks):
        recorder.call("task_done", shared.task_done)
    recorder.call("join", shared.join)


def wait_for_lines(file: Path, count: int) -> None:
    while not file.exists() or len(file.read_text().splitlines()) < count:
        time.sleep(0.001)


def run(kind: str, folder: Path, maxsize: int = 0, kill: bool = False) -> Path:
    """Two producers, two consumers; with `kill`, one consumer is killed in the middle."""
    context = multiprocessing.get_context("fork")
    manager = context.Manager() if kind == "Manager" else None
    make = manager.Queue if manager else getattr(context, kind)
    simple = kind == "SimpleQueue"
    shared = make() if simple else make(maxsize)
    # Consumers of a SimpleQueue cannot give up: they take a few less than there are, and no other process
    # takes any until they are through.
    puts, gets = 200, 195 if simple else 200
    works = {
        name: context.Process(
            target=target, args=(folder, name, shared, count, simple), daemon=True
        )
        for target, count, names in ((produce, puts, ("p1", "p2")), (consume, gets, ("c1", "c2")))
        for name in names
    }
    for process in works.values():
        process.start()
    recorder = Recorder(folder, "root")
    if kill:
        wait_for_lines(folder / "c1", 40)
        os.kill(works["c1"].pid, signal.SIGKILL)
    elif not simple:
        drain(recorder, shared, simple)
    deaths = []
    for name, process in works.items():
        process.join()
        how = "return" if process.exitcode == 0 else "kill"
        deaths.append({"death": {"process": name, "how": how, "at": time.monotonic_ns()}})
    drain(recorder, shared, simple)
    if kind == "JoinableQueue":
        finish_tasks(recorder, shared, 2 * puts)
    if manager:
        manager.shutdown()
    return write(folder, {"name": "q", "type": TYPES[kind], "maxsize": maxsize}, deaths)


def write(folder: Path, made: dict, deaths: list[dict]) -> Path:
    """One file of all of them: calls that returned, and the last one of each that did not."""
    lines: list[dict] = [{"history": 1, "objects": [made]}]
    for file in sorted(folder.iterdir()):
        calls = [json.loads(text) for text in file.read_text().splitlines()]
        lines += [call for call in calls if "outcome" in call]
        lines += [call for call in calls[-1:] if "outcome" not in call]
    lines += [*deaths, {"complete": True}]
    path = folder / "run.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path
