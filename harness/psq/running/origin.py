"""When and where a run is made, for its results."""

from __future__ import annotations

import platform
from datetime import datetime, timezone

from psq.base.options import cpu_count
from psq.results.run import Record


def origin() -> Record:
    """The time and the machine, as the plan of a result file has them."""
    started = datetime.now(timezone.utc).isoformat(timespec="seconds")
    processors = cpu_count()
    return {
        "started": started,
        "host": {
            "name": platform.node(),
            "system": f"{platform.system()} {platform.release()}",
            "machine": platform.machine(),
            "processors": f"{processors} processor" + ("s" if processors != 1 else ""),
        },
    }
