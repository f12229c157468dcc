"""A Dask cluster of this machine: a scheduler and workers as processes, on ports of the system's choice."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

SUITE = "psq-conformance"  # as long as a name of the kernel can be
MISSING = "python3-distributed is not installed"
_PATIENCE_SECONDS = 240


def needs_distributed():
    """Skips the tests of a module, with a reason that ctest looks for."""
    pytest.importorskip("distributed", reason=MISSING)


class LocalCluster:
    """Everything that it started ends with it."""

    def __init__(self, folder):
        self._folder = folder
        self._file = folder / "scheduler.json"
        self._log = (folder / "log").open("ab")
        arguments = ["--port", "0", "--scheduler-file", str(self._file)]
        self.scheduler = self._start("dask_scheduler", *arguments)
        self.workers = []
        self.address = ""
        wait_for(self._read_address, "the scheduler listens")

    def ensure(self, count):
        """At least so many workers, with one thread each, that the scheduler knows."""
        self.workers = [each for each in self.workers if each.poll() is None]
        for _ in range(count - len(self.workers)):
            # Without a nanny, which would start a new worker for one that was killed.
            options = ["--nthreads", "1", "--no-nanny", "--memory-limit", "0"]
            options += ["--scheduler-file", str(self._file), "--local-directory"]
            self.workers.append(self._start("dask_worker", *options, str(self._folder)))
        self.await_workers(len(self.workers))

    def await_workers(self, count):
        with self.client() as client:
            wait_for(lambda: len(client.nthreads()) == count, f"{count} workers")

    @contextlib.contextmanager
    def client(self):
        import distributed

        client = distributed.Client(self.address, timeout=_PATIENCE_SECONDS, set_as_default=False)
        try:
            yield client
        finally:
            client.close()

    def allow_failures(self, count):
        """How many deaths of its workers a task survives; gives what it was."""

        def allow(dask_scheduler):
            before, dask_scheduler.allowed_failures = dask_scheduler.allowed_failures, count
            return before

        with self.client() as client:
            return client.run_on_scheduler(allow)

    def name_tree(self, folder):
        """What each worker's variable says of where it has its tree."""

        def name():
            import os

            os.environ["PSQ_TREE"] = folder

        with self.client() as client:
            client.run(name)

    def suites(self):
        """By worker, the processes below it, for those that run the suite."""
        below = {each: descendants(each.pid) for each in self.workers}
        return {each: pids for each, pids in below.items() if SUITE in pids.values()}

    def kill_workers(self):
        for worker in self.workers:
            worker.kill()
            worker.wait()
        self.await_workers(0)

    def end(self):
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()
        self._log.close()

    def _start(self, module, *arguments):
        command = [sys.executable, "-m", f"distributed.cli.{module}", "--host", "127.0.0.1"]
        return subprocess.Popen(
            [*command, "--no-dashboard", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            cwd=self._folder,
        )

    def _read_address(self):
        with contextlib.suppress(OSError, ValueError):
            self.address = json.loads(self._file.read_text())["address"]
        return self.address


class Gate:
    """A driver that starts once the gate is open: what runs it is certain to run when something happens to it."""

    def __init__(self, folder, *driver):
        self._opened = folder / "opened"
        program = folder / "gated"
        program.write_text(
            f"#!/bin/sh\nwhile [ ! -e '{self._opened}' ]; do sleep 0.05; done\n"
            f"exec {' '.join(map(str, driver))} \"$@\"\n"
        )
        program.chmod(0o755)
        self.driver = str(program)

    def open(self):
        self._opened.touch()


@contextlib.contextmanager
def meanwhile(gate, act):
    """Runs `act` in another thread; opens the gate when it is done, however it ends."""
    errors = []

    def run():
        try:
            act()
        except BaseException as error:
            errors.append(error)
        finally:
            gate.open()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join()
    if errors:
        raise errors[0]


def descendants(pid):
    """Ids and names of the processes below this one."""
    found = {}
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found[child] = Path(f"/proc/{child}/comm").read_text().strip()
                found.update(descendants(child))
    return found


def are_gone(pids):
    return not any(os.path.exists(f"/proc/{pid}") for pid in pids)


def wait_for(ready, what):
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not ready():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def record_of(records, kind):
    """The last one of that kind."""
    return [each for each in records if each["record"] == kind][-1]
