#!/usr/bin/env python3
"""The driver of @NAME@: it says hello, and has nothing yet.  psq_driver_kit documents each method."""

from __future__ import annotations

import sys
from typing import Any, Mapping

sys.path.append("@KITS@/python")  # behind PYTHONPATH

from psq_driver_kit import Adapter, Call, Outcome, Unsupported, serve  # noqa: E402


class Driver(Adapter):
    def hello(self) -> Mapping[str, Any]:
        return {
            "implementation": "@NAME@",
            "version": "0",
            "language": "python",
            "start_method": "none",
            "profiles": ["base"],
            # Such as {"queue": ["put", "get"]}.
            "capabilities": {"operations": {}, "options": []},
            "limits": {"item_bytes": 64},
        }

    def create(self, kind: str, arguments: Mapping[str, Any]) -> Call:
        # Such as Call(lambda: [MyQueue(**arguments)]).
        raise Unsupported("not yet")

    def operation(self, kind: str, target: Any, do: str, arguments: Mapping[str, Any]) -> Call:
        raise Unsupported("not yet")

    def outcome(self, kind: str, do: str, error: BaseException) -> Outcome:
        # The outcome of each error of the implementation, such as "empty" and "full".
        return Outcome("raised")


if __name__ == "__main__":
    serve(Driver())
