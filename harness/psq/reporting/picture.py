"""A history as a picture: a lane per thread, a bar per call, from its invocation to its return."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from psq.base.status import UsageError
from psq.reporting.recording import Operation, error_of, item_of, read

_LANE = 34
_MARGIN = 130.0
_NARROWEST = 2.0
_LABELLED_FROM = 46.0  # pixels; a narrower bar has no room for a label
_TICKS = 200.0  # pixels between two of them


@dataclass(frozen=True)
class Size:
    """How wide the time axis is, in pixels, and how many operations are drawn at most."""

    axis: float = 1600.0
    # As many as a browser draws quickly; those around the marked ones.
    operations: int = 4000


@dataclass(frozen=True)
class Bar:
    """One operation as it is drawn."""

    x: float
    y: int
    width: float
    kind: str
    label: str
    title: str
    marked: bool


@dataclass(frozen=True)
class Picture:
    """What the template history.svg.j2 draws, and the text beside it."""

    total: int
    bars: list[Bar]
    lanes: list[tuple[str, int]]
    lane: int
    ticks: list[tuple[float, str]]
    width: float
    height: int
    deaths: list[str]
    witness: list[str]

    @property
    def alone(self) -> str:
        """What the picture shows, in one sentence, for who cannot see it."""
        text = f"{self.total} operations of {len(self.lanes)} threads"
        if len(self.bars) < self.total:
            text += f", {len(self.bars)} of them drawn"
        marked = sum(bar.marked for bar in self.bars)
        return text + (f"; {marked} show the violation" if marked else "")


def picture(history: Path, witness: Path | None = None, size: Size = Size()) -> Picture:
    """Raises UsageError when the history, or the numbers of the operations to mark, cannot be read."""
    operations, deaths = read(history)
    marked = _marked(witness)
    lanes = {lane: index for index, lane in enumerate(sorted({_lane(each) for each in operations}))}
    start = min(each["invoked"] for each in operations)
    last = max(each.get("returned") or each["invoked"] for each in operations)
    axis = _Axis(size.axis, start, size.axis / max(1, last - start))
    steps = round(size.axis / _TICKS)
    return Picture(
        total=len(operations),
        bars=[
            _bar(each, lanes[_lane(each)], axis, index in marked)
            for index, each in _those_drawn(operations, marked, size.operations)
        ],
        lanes=[(name, index * _LANE) for name, index in lanes.items()],
        lane=_LANE,
        ticks=[
            (_MARGIN + size.axis * i / steps, human((last - start) * i // steps))
            for i in range(steps + 1)
        ],
        width=_MARGIN + size.axis + 60,
        height=len(lanes) * _LANE + 40,
        deaths=[f"{each.get('process')}: {each.get('how')}" for each in deaths],
        witness=[_title(each) for index, each in enumerate(operations) if index in marked],
    )


@dataclass(frozen=True)
class _Axis:
    width: float
    start: int
    scale: float  # pixels a nanosecond


def _marked(witness: Path | None) -> set[int]:
    if witness is None or not witness.is_file():
        return set()
    try:
        return {int(line) for line in witness.read_text().split()}
    except ValueError as error:
        raise UsageError(f"{witness} holds more than numbers: {error}") from error


def _those_drawn(
    operations: list[Operation], marked: set[int], most: int
) -> list[tuple[int, Operation]]:
    numbered = list(enumerate(operations))
    if len(numbered) <= most:
        return numbered
    times = [operations[index]["invoked"] for index in marked if index < len(operations)]
    middle = sum(times) / len(times) if times else operations[0]["invoked"]
    numbered.sort(key=lambda each: (each[0] not in marked, abs(each[1]["invoked"] - middle)))
    return sorted(numbered[:most], key=lambda each: each[0])


def _lane(operation: Operation) -> str:
    return f"{operation['process']}/{operation.get('thread', 'main')}"


def _bar(operation: Operation, lane: int, axis: _Axis, marked: bool) -> Bar:
    returned = operation.get("returned")
    x = (operation["invoked"] - axis.start) * axis.scale
    width = axis.width - x if returned is None else (returned - operation["invoked"]) * axis.scale
    width = max(_NARROWEST, width)
    label = f"{operation['do']} {item_of(operation)}".strip() if width >= _LABELLED_FROM else ""
    return Bar(
        _MARGIN + x,
        lane * _LANE + 6,
        width,
        _kind(operation),
        label[: int(width / 7)],
        _title(operation),
        marked,
    )


def _kind(operation: Operation) -> str:
    outcome = operation.get("outcome", "crashed")
    if outcome == "crashed":
        return "pending"
    if outcome != "ok":
        return "refused"
    if operation["do"].startswith(("put", "send")):
        return "put"
    return "get" if operation["do"].startswith(("get", "recv")) else "look"


def _title(operation: Operation) -> str:
    returned = operation.get("returned")
    until = "never" if returned is None else human(returned - operation["invoked"])
    words = [
        _lane(operation),
        operation["do"],
        operation["on"],
        item_of(operation),
        "->",
        operation.get("outcome", "no answer"),
        f"({error})" if (error := error_of(operation)) else "",
        f"at {human(operation['invoked'])},",
        "took" if returned is not None else "returned",
        until,
    ]
    return " ".join(word for word in words if word)


def human(nanoseconds: int) -> str:
    """A time as a person reads it: `1.5 ms`."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.4g} {unit}"
    return f"{nanoseconds} ns"
