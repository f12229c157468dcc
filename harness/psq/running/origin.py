"""When and on which machine a run is made, for its results."""

from __future__ import annotations

import platform
from datetime import datetime, timezone

from psq.results.run import Record


def origin() -> Record:
    """The time and the name of the machine, as the plan of a result file has them."""
    started = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return {"started": started, "host": platform.node()}
