"""Rates of interleaved rounds, and their medians and ratios."""

from __future__ import annotations

import statistics
from typing import Optional

from cases import Carrier, Load

_Key = tuple[Load, Carrier]


class Results:
    def __init__(self) -> None:
        self._rates: dict[_Key, dict[int, float]] = {}

    def add(self, round_number: int, load: Load, carrier: Carrier, rate: Optional[float]) -> None:
        if rate is not None:
            self._rates.setdefault((load, carrier), {})[round_number] = rate

    def median(self, load: Load, carrier: Carrier) -> Optional[float]:
        rates = self._rates.get((load, carrier))
        return statistics.median(rates.values()) if rates else None

    def ratio(
        self, load: Load, carrier: Carrier, other_load: Load, other: Carrier
    ) -> Optional[float]:
        """How many times as fast: the median of the ratios of the single rounds."""
        mine = self._rates.get((load, carrier), {})
        theirs = self._rates.get((other_load, other), {})
        both = [mine[number] / theirs[number] for number in mine.keys() & theirs.keys()]
        return statistics.median(both) if both else None
