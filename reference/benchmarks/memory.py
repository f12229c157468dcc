"""How much memory a measurement may take."""

from __future__ import annotations

from pathlib import Path

# The limit of a control group and its use, by the version of control groups.
_GROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes",
    ),
)


def free_memory() -> int:
    """The bytes that the system and the control group at the top still give; 0 when nothing says so."""
    free = [_of_machine()]
    for limit, used in _GROUPS:
        try:
            text = Path(limit).read_text(encoding="ascii").strip()
            if text != "max":
                free.append(int(text) - int(Path(used).read_text(encoding="ascii")))
        except OSError:
            continue
    return max(0, min(free))


def _of_machine() -> int:
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        name, _, rest = line.partition(":")
        if name == "MemAvailable":
            return int(rest.split()[0]) * 1024
    return 0
