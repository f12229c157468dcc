"""A history as a picture: a lane per thread, in one page that needs nothing else."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from psq.base import json_text
from psq.base.status import UsageError

_TEMPLATES = Path(__file__).parent / "templates"
_WIDTH = 1600.0  # of the time axis, in pixels
_LANE = 34
_MARGIN = 130.0
_NARROWEST = 2.0
_LABELLED_FROM = 46.0  # pixels; a narrower bar has no room for a label
# As many operations as a browser draws quickly; those around the marked ones.
_MOST_DRAWN = 4000


@dataclass
class Bar:
    """One operation as it is drawn."""

    x: float
    y: int
    width: float
    kind: str
    label: str
    title: str
    marked: bool


def draw(history: Path, target: Path, witness: Path | None = None) -> None:
    """Raises UsageError when the history cannot be read or the page not be written."""
    operations, deaths = _read(history)
    marked = _marked(witness)
    page = _render(history, operations, deaths, marked)
    try:
        target.write_text(page, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error}") from error


def draw_all(folder: Path) -> list[Path]:
    """The pictures of all histories below a folder of evidence, beside them."""
    pages = []
    for history in sorted(folder.rglob("history.jsonl")):
        page = history.with_name("timeline.html")
        draw(history, page, history.with_name("witness.txt"))
        pages.append(page)
    return pages


def _read(path: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the history {path}: {error}") from error
    operations: list[dict[str, Any]] = []
    deaths: list[dict[str, Any]] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json_text.parse(line)
            if "do" in record:
                _check(record)
                operations.append(record)
            elif "death" in record:
                deaths.append(_checked_death(record["death"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(
                f"{path}:{number} is no line of a history: {error}. " "See spec/history-format.md"
            ) from error
    if not operations:
        raise UsageError(f"{path} holds no operation: there is nothing to draw")
    return operations, deaths


_NEEDED = (("do", str), ("on", str), ("process", str), ("invoked", int))
_OPTIONAL = (("thread", str), ("outcome", str), ("returned", int), ("item", dict))


def _check(record: dict[str, Any]) -> None:
    for name, kind in _NEEDED:
        if not isinstance(record.get(name), kind):
            raise ValueError(f"an operation needs {name!r}")
    for name, kind in _OPTIONAL:
        if record.get(name) is not None and not isinstance(record[name], kind):
            raise ValueError(f"{name!r} of an operation is {record[name]!r:.60}")
    returned = record.get("returned")
    if returned is not None and returned < record["invoked"]:
        raise ValueError("an operation returned before it was invoked")
    _item(record)


def _checked_death(death: Any) -> dict[str, Any]:
    if not isinstance(death, dict):
        raise ValueError("a death names a process and how it ended")
    return death


def _marked(witness: Path | None) -> set[int]:
    if witness is None or not witness.is_file():
        return set()
    try:
        return {int(line) for line in witness.read_text().split()}
    except ValueError as error:
        raise UsageError(f"{witness} holds more than numbers: {error}") from error


def _render(
    path: Path, operations: list[dict[str, Any]], deaths: list[dict[str, Any]], marked: set[int]
) -> str:
    lanes = {lane: index for index, lane in enumerate(sorted({_lane(each) for each in operations}))}
    start = min(each["invoked"] for each in operations)
    last = max(each.get("returned") or each["invoked"] for each in operations)
    scale = _WIDTH / max(1, last - start)
    bars = [
        _bar(each, lanes[_lane(each)], (each["invoked"] - start) * scale, scale, index in marked)
        for index, each in _those_drawn(operations, marked)
    ]
    return _template().render(
        title=path.parent.name or path.name,
        total=len(operations),
        bars=bars,
        lane=_LANE,
        lanes=[(name, index * _LANE) for name, index in lanes.items()],
        margin=_MARGIN,
        width=_MARGIN + _WIDTH + 20,
        height=len(lanes) * _LANE + 40,
        ticks=[(_MARGIN + _WIDTH * i / 8, _human((last - start) * i // 8)) for i in range(9)],
        deaths=[f"{each.get('process')}: {each.get('how')}" for each in deaths],
        witness=[_title(each) for index, each in enumerate(operations) if index in marked],
    )


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("timeline.html.j2")


def _those_drawn(
    operations: list[dict[str, Any]], marked: set[int]
) -> list[tuple[int, dict[str, Any]]]:
    numbered = list(enumerate(operations))
    if len(numbered) <= _MOST_DRAWN:
        return numbered
    times = [operations[index]["invoked"] for index in marked if index < len(operations)]
    middle = sum(times) / len(times) if times else operations[0]["invoked"]
    numbered.sort(key=lambda each: (each[0] not in marked, abs(each[1]["invoked"] - middle)))
    return sorted(numbered[:_MOST_DRAWN])


def _lane(operation: dict[str, Any]) -> str:
    return f"{operation['process']}/{operation.get('thread', 'main')}"


def _bar(operation: dict[str, Any], lane: int, x: float, scale: float, marked: bool) -> Bar:
    returned = operation.get("returned")
    width = _WIDTH - x if returned is None else (returned - operation["invoked"]) * scale
    width = max(_NARROWEST, width)
    label = f"{operation['do']} {_item(operation)}".strip() if width >= _LABELLED_FROM else ""
    return Bar(
        _MARGIN + x,
        lane * _LANE + 6,
        width,
        _kind(operation),
        label[: int(width / 7)],
        _title(operation),
        marked,
    )


def _kind(operation: dict[str, Any]) -> str:
    outcome = operation.get("outcome", "crashed")
    if outcome == "crashed":
        return "pending"
    if outcome != "ok":
        return "refused"
    if operation["do"].startswith(("put", "send")):
        return "put"
    return "get" if operation["do"].startswith(("get", "recv")) else "look"


def _item(operation: dict[str, Any]) -> str:
    value = operation.get("value")
    item = operation.get("item") or (value.get("item") if isinstance(value, dict) else None)
    if item:
        return f"{item['from']}#{item['seq']}"
    return "" if value is None else json.dumps(value)


def _title(operation: dict[str, Any]) -> str:
    returned = operation.get("returned")
    until = "never" if returned is None else _human(returned - operation["invoked"])
    words = [
        _lane(operation),
        operation["do"],
        operation["on"],
        _item(operation),
        "->",
        operation.get("outcome", "no answer"),
        f"at {_human(operation['invoked'])},",
        "took" if returned is not None else "returned",
        until,
    ]
    return " ".join(word for word in words if word)


def _human(nanoseconds: int) -> str:
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.4g} {unit}"
    return f"{nanoseconds} ns"
