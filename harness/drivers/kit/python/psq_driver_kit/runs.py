"""Operation lists: what ``run`` does, one call after the other, each reported as it ends."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, Mapping, Optional, Tuple

from .adapter import BadRequest
from .arguments import boolean, integer, number
from .calls import now

NOT_IN_LISTS = {
    "create",
    "spawn",
    "drop",
    "run",
    "end",
    "join_process",
    "exit_code",
    "terminate",
    "kill",
    "drop_process",
    "end_thread",
}
_LONGEST_PAUSE = 86400


@dataclass(frozen=True)
class Step:
    """One element: an operation's request, or a pause of some seconds; done ``repeat`` times."""

    request: Mapping[str, Any]
    pause: Optional[float]
    repeat: int


@dataclass(frozen=True)
class Run:
    """A list of operations, checked."""

    steps: Tuple[Step, ...]
    start_at: Optional[int]
    stop_on_error: bool

    @staticmethod
    def of(request: Mapping[str, Any]) -> "Run":
        elements = request.get("operations")
        if not isinstance(elements, list):
            raise BadRequest("run needs operations, a list of requests without id and thread")
        start_at = request.get("start_at")
        if start_at is not None:
            start_at = integer(start_at, "start_at")
        stop = boolean(request.get("stop_on_error", False), "stop_on_error")
        return Run(tuple(_step(element) for element in elements), start_at, stop)

    def requests(self) -> Iterator[Mapping[str, Any]]:
        """The operations one after the other, pausing and counting up items in between."""
        for step in self.steps:
            for count in range(step.repeat):
                if step.pause is not None:
                    time.sleep(step.pause)
                else:
                    yield _counted_up(step.request, count)

    def wait_for_start(self) -> None:
        """Sleep until the start time, if there is one."""
        if self.start_at is None:
            return
        left = self.start_at - now()
        while left > 0:
            time.sleep(left / 1e9)
            left = self.start_at - now()


def perform(run: Run, operate: Callable[[int, Mapping[str, Any]], Dict[str, Any]]) -> int:
    """Do the list.  ``operate`` does and reports one call, given its index.  Returns how many were
    made."""
    run.wait_for_start()
    made = 0
    for request in run.requests():
        fields = operate(made, request)
        made += 1
        if run.stop_on_error and fields["outcome"] != "ok":
            break
    return made


def _step(element: Any) -> Step:
    if not isinstance(element, dict) or not isinstance(element.get("do"), str):
        raise BadRequest("each of the operations must be an object with do")
    do = element["do"]
    if do in NOT_IN_LISTS:
        raise BadRequest(f"{do!r} cannot be in a list: only operations on objects and pauses can")
    repeat = integer(element.get("repeat", 1), "repeat", least=0)
    pause = None
    if do == "pause":
        pause = float(number(element.get("seconds"), "a pause's seconds"))
        if not 0 <= pause <= _LONGEST_PAUSE:
            raise BadRequest(f"a pause's seconds must be from 0 to {_LONGEST_PAUSE}")
    return Step(element, pause, repeat)


def _counted_up(request: Mapping[str, Any], count: int) -> Mapping[str, Any]:
    item = request.get("item")
    if not count or not isinstance(item, dict) or not isinstance(item.get("seq"), int):
        return request
    return {**request, "item": {**item, "seq": item["seq"] + count}}
