"""One run of a driver, for the tests of drivers and of their kits."""

from __future__ import annotations

import contextlib
from typing import Iterator, Mapping, Sequence

from psq.base.paths import SCHEMAS
from psq.controller.messages import Schemas
from psq.controller.session import Session

PATIENCE = 60.0
"""Seconds to wait for anything: loaded machines are slow."""


def closing_standard_descriptors(command: Sequence[str]) -> list[str]:
    """The command, started with the descriptors 0, 1 and 2 closed."""
    return ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *command]


@contextlib.contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str] | None = None
) -> Iterator[Session]:
    """Starts the driver; at the end no message of it may have broken a rule of the protocol."""
    broken: list[str] = []

    def note(rule: str, problem: str) -> None:
        broken.append(f"{rule}: {problem}")

    with Session(command, PATIENCE, Schemas(SCHEMAS), note, environment or {}) as session:
        yield session
    assert not broken, "\n".join(broken)
