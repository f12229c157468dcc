"""SIGINT and SIGTERM as something to ask for, where stopping is safe."""

from __future__ import annotations

import signal
from typing import Any


class Interruption:
    """Within it, the two signals are only noted; for the main thread."""

    def __init__(self) -> None:
        self._noted = False
        self._handlers: dict[int, Any] = {}

    def check(self) -> None:
        """Raises KeyboardInterrupt when the command was told to stop."""
        if self._noted:
            raise KeyboardInterrupt

    def __enter__(self) -> Interruption:
        # An exception that a handler raises within the hooks of a fork is lost: the handler only notes the signal.
        for number in (signal.SIGINT, signal.SIGTERM):
            self._handlers[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
            # Of two, one within the other, both are told.
            if self._noted and isinstance(getattr(handler, "__self__", None), Interruption):
                handler()

    def _note(self, *_: object) -> None:
        self._noted = True
