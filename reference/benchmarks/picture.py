"""The picture: items a second over the size of an item, both on logarithmic scales."""

from __future__ import annotations

import math
from xml.sax.saxutils import escape

from cases import OTHERS, PSQ, SIZES, Carrier, Load, size_name
from results import Results

_WIDTH, _HEIGHT = 860, 520
_LEFT, _RIGHT, _TOP, _BOTTOM = 80, 230, 50, 60
_COLOURS = {
    "queue": "#1b6ca8",
    "simple-queue": "#1f8a4c",
    "joinable-queue": "#8e44ad",
    "pipe": "#c0392b",
    "raw-pipe": "#222222",
    "mqueue": "#8a6d3b",
    "boost": "#e08e0b",
}
_FONT = 'font-family="sans-serif" font-size="13"'
_LEAST_GAP = 17  # between labels


def picture(results: Results) -> str:
    series = {}
    for carrier in _carriers():
        rates = [results.median(Load(size=size), carrier) for size in SIZES]
        points = [(index, rate) for index, rate in enumerate(rates) if rate]
        if points:
            series[carrier] = points
    rates = [rate for points in series.values() for _, rate in points]
    low, high = math.floor(math.log10(min(rates))), math.ceil(math.log10(max(rates)))
    parts = [*_frame(low, high)]
    for carrier, points in series.items():
        parts.append(_line(carrier, [(_x(index), _y(rate, low, high)) for index, rate in points]))
    ends = {carrier: _y(points[-1][1], low, high) for carrier, points in series.items()}
    parts.extend(_labels(ends))
    size = f'width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    body = "\n".join(parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {_FONT}>\n{body}\n</svg>\n'


def _carriers() -> list[Carrier]:
    ours = [Carrier(name, python) for name in PSQ for python in (False, True)]
    return [*ours, *map(Carrier, OTHERS)]


def _x(index: int) -> float:
    return _LEFT + index * (_WIDTH - _LEFT - _RIGHT) / (len(SIZES) - 1)


def _y(rate: float, low: int, high: int) -> float:
    part = (math.log10(rate) - low) / (high - low)
    return _HEIGHT - _BOTTOM - part * (_HEIGHT - _TOP - _BOTTOM)


def _text(x: float, y: float, text: str, more: str = "") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" {more}>{escape(text)}</text>'


def _frame(low: int, high: int) -> list[str]:
    right = _WIDTH - _RIGHT
    parts = ['<rect width="100%" height="100%" fill="white"/>']
    parts.append(
        _text(_LEFT, 25, "Items a second, one producer and one consumer", 'font-weight="bold"')
    )
    for power in range(low, high + 1):
        y = _y(10.0**power, low, high)
        line = f'x1="{_LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="#dddddd"'
        parts.append(f"<line {line}/>")
        parts.append(_text(_LEFT - 8, y + 4, f"{10**power:,}", 'text-anchor="end"'))
    for index, size in enumerate(SIZES):
        parts.append(
            _text(_x(index), _HEIGHT - _BOTTOM + 22, size_name(size), 'text-anchor="middle"')
        )
    middle = (_LEFT + right) / 2
    parts.append(_text(middle, _HEIGHT - 12, "size of an item", 'text-anchor="middle"'))
    return parts


def _dashes(carrier: Carrier) -> str:
    return ' stroke-dasharray="6 4"' if carrier.python else ""


def _line(carrier: Carrier, points: list[tuple[float, float]]) -> str:
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    style = f'fill="none" stroke="{_COLOURS[carrier.name]}" stroke-width="2"{_dashes(carrier)}'
    return f'<polyline points="{places}" {style}/>'


def _labels(ends: dict[Carrier, float]) -> list[str]:
    """The key, in the order of the ends of the lines. No label covers another."""
    parts = []
    order = sorted(ends, key=lambda carrier: ends[carrier])
    y = max(_TOP, _HEIGHT - _BOTTOM - _LEAST_GAP * len(order))
    y = min(y, ends[order[0]])
    x = _WIDTH - _RIGHT + 10
    for carrier in order:
        y = max(y, ends[carrier]) if y + _LEAST_GAP * len(order) < _HEIGHT - _BOTTOM else y
        colour = _COLOURS[carrier.name]
        stroke = f'stroke="{colour}" stroke-width="2"{_dashes(carrier)}'
        parts.append(f'<line x1="{x}" y1="{y:.0f}" x2="{x + 22}" y2="{y:.0f}" {stroke}/>')
        parts.append(_text(x + 28, y + 4, carrier.label(), f'fill="{colour}"'))
        y += _LEAST_GAP
    return parts
