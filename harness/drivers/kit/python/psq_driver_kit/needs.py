"""What the kit needs of its interpreter, checked before the kit does anything else.

An older interpreter imports this module too: it uses nothing that such a one lacks.
"""

import importlib
import platform
import sys

OLDEST = (3, 9)
UNFIT_STATUS = 64
"""Exit status of a driver that does not start, because its interpreter lacks something."""

_FEATURES = (
    ("fcntl", "fcntl"),
    ("socket", "AF_UNIX"),
    ("threading", "get_native_id"),
    ("time", "clock_gettime_ns"),
    ("time", "CLOCK_MONOTONIC"),
)


def what_is_missing(features: tuple = _FEATURES, oldest: tuple = OLDEST) -> str:
    """What this interpreter lacks, as one sentence; empty when it has everything.

    ``features`` are names of modules with the name of something in them.
    """
    this = "%s %s (%s)" % (
        platform.python_implementation(),
        platform.python_version(),
        sys.executable,
    )
    if sys.version_info < oldest:
        return "needs Python %d.%d or newer; this is %s" % (oldest + (this,))
    missing = ["%s.%s" % each for each in features if not _has(*each)]
    return "needs %s, which %s lacks" % (", ".join(missing), this) if missing else ""


def _has(module: str, name: str) -> bool:
    try:
        return hasattr(importlib.import_module(module), name)
    except ImportError:
        return False


def check() -> None:
    """End the program with status 64, and say why, when the interpreter cannot run the kit."""
    missing = what_is_missing()
    if missing:
        sys.stderr.write("psq driver: the driver %s\n" % missing)
        raise SystemExit(UNFIT_STATUS)
