"""Named threads: each does what it is handed, in order; ``main`` is the process's main thread."""

from __future__ import annotations

import os
import queue
import sys
import threading
import traceback
from typing import Any, Callable, Dict, List, NoReturn

MAIN = "main"
BUG_STATUS = 70
"""Exit status of a process whose driver has a defect."""

Job = Callable[[], Any]


class Threads:
    """The named threads of a process.

    ``submit`` is for one thread, the one that reads requests; a new name starts a thread.  A job that
    returns something ends its thread.  No named thread keeps the process from ending.
    """

    def __init__(self) -> None:
        self._jobs: Dict[str, "queue.SimpleQueue[Job]"] = {MAIN: queue.SimpleQueue()}

    def submit(self, name: str, job: Job, last: bool = False) -> None:
        """Hand the thread a job; ``last`` when it ends the thread, whose name is then free."""
        if name not in self._jobs:
            jobs = self._jobs[name] = queue.SimpleQueue()
            threading.Thread(
                target=guarded, args=(lambda: self._work(jobs),), name=name, daemon=True
            ).start()
        self._jobs[name].put(job)
        if last:
            del self._jobs[name]

    def run_main(self) -> Any:
        """Do main's jobs until one returns something other than None, and return that."""
        return self._work(self._jobs[MAIN])

    @staticmethod
    def _work(jobs: "queue.SimpleQueue[Job]") -> Any:
        while True:
            # No variable holds the job while waiting for the next: it may hold an object.
            ended = jobs.get()()
            if ended is not None:
                return ended


def guarded(body: Callable[[], Any]) -> None:
    """Run the body of a thread; a defect of the driver ends the process, visibly."""
    try:
        body()
    except BaseException:
        end_for_a_bug()


LAST_WORDS: List[Callable[[BaseException], None]] = []
"""What this process does last when its driver has a defect: telling the controller."""


def end_for_a_bug() -> NoReturn:
    """Show the current exception as a defect of the driver, and end the process at once."""
    error = sys.exc_info()[1]
    if sys.stderr is not None:  # it was not closed when the program started
        sys.stderr.write("psq driver: defect in the driver (not in the implementation):\n")
        traceback.print_exc()
        sys.stderr.flush()
    for tell in LAST_WORDS:
        if error is not None:
            tell(error)
    os._exit(BUG_STATUS)
