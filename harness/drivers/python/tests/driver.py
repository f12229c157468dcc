"""The driver under test, run by psq's controller."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import ContextManager, Mapping, Optional, Sequence

from psq.controller.session import Session
from psq.controller.testing import running

DRIVER = Path(__file__).resolve().parents[1] / "multiprocessing_driver.py"
INTERPRETER = os.environ.get("PSQ_TEST_INTERPRETER", sys.executable)


def started(
    *arguments: str,
    environment: Optional[Mapping[str, str]] = None,
    program: Sequence[str] = (str(DRIVER),),
) -> ContextManager[Session]:
    """One run of the driver; leaving it ends what is left of the driver."""
    return running([INTERPRETER, *program, *arguments], environment)
