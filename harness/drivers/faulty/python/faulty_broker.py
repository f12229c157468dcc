"""The driver of a broker's queues with a fault between them and the driver.

The broker is a stream of Redis. A fault is in the processes that use it, or in how its server was
set up.
"""

from __future__ import annotations

import functools
import os
import sys
from dataclasses import replace
from typing import Any, Mapping, Optional, Tuple

_DRIVERS = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_BROKERS = os.path.join(_DRIVERS, "brokers")
if _BROKERS not in sys.path:
    sys.path.append(_BROKERS)

import redis_client  # noqa: E402
from broker_adapter import BrokerAdapter  # noqa: E402
from brokers import load  # noqa: E402
from faulty_adapters import Fault, Faulty, Process, run_faulty_child  # noqa: E402
from psq_driver_kit import Call  # noqa: E402


class FaultyBrokerAdapter(Faulty, BrokerAdapter):
    """A stream of Redis with a fault."""

    def __init__(
        self, fault: Optional[Fault], depth: int = 0, folder: Optional[str] = None
    ) -> None:
        self.fault, self.process = fault, Process(depth)
        broker = load("redis-streams")
        if fault is not None and fault.server is not None:
            broker = replace(broker, server=redis_client.server(*fault.server))
        super().__init__(broker, folder)

    def create(self, kind: str, arguments: Mapping[str, Any]) -> Call:
        times = self.fault.times if self.fault is not None else {}
        changed = {name: value * times.get(name, 1) for name, value in arguments.items()}
        return super().create(kind, changed)

    def child(self) -> Tuple[Any, Tuple[Any, ...]]:
        depth = self.process.depth + 1
        make = functools.partial(FaultyBrokerAdapter, self.fault, depth, self._folder)
        return run_faulty_child, (make,)
