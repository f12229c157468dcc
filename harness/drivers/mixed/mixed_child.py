"""A child that is another program, of which ``multiprocessing`` takes care as of its own: the end of this
process terminates it when it is a daemon, and waits for it."""

from __future__ import annotations

import subprocess
from multiprocessing import process, util  # noqa: F401  (util has what is done at the end)
from typing import Any, Callable, Optional

Start = Callable[[], "subprocess.Popen[bytes]"]


class Program(process.BaseProcess):
    """The handle of the child that ``start_program`` starts, with what a ``Process`` has."""

    def __init__(self, start_program: Start, name: str, daemon: bool) -> None:
        super().__init__(name=name, daemon=daemon)
        self._start_program: Optional[Start] = start_program

    @staticmethod
    def _Popen(program: Any) -> _Running:
        start, program._start_program = program._start_program, None
        return _Running(start())


class _Running:
    """What a Process asks of its child."""

    sentinel = None

    def __init__(self, program: "subprocess.Popen[bytes]") -> None:
        self._program = program
        self.pid = program.pid
        self.terminate = program.terminate
        self.kill = program.kill

    def poll(self) -> Optional[int]:
        return self._program.poll()

    def wait(self, timeout: Optional[float] = None) -> Optional[int]:
        try:
            return self._program.wait(timeout)
        except subprocess.TimeoutExpired:
            return None
