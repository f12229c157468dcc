"""What the kernel tells of processes that are no children of this one."""

from __future__ import annotations

import os
from pathlib import Path


def thread_state(pid: int, tid: int) -> str:
    """The letter of a thread's state, S when it sleeps."""
    return _fields(Path(f"/proc/{pid}/task/{tid}/stat"))[0]


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or nothing is left of it but what its parent has not looked at."""
    try:
        return _fields(Path(f"/proc/{pid}/stat"))[0] in "ZX"
    except OSError:
        return True


def members_of(group: int) -> list[int]:
    """The processes of a process group that have not ended."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            state, _, its_group = _fields(Path(f"/proc/{pid}/stat"))[:3]
        except OSError:  # it ended meanwhile
            continue
        if int(its_group) == group and state != "Z":
            found.append(int(pid))
    return found


def open_files(pid: int, kinds: tuple[str, ...] = ("pipe:", "socket:")) -> list[str]:
    """What the descriptors of a process stand for, such as socket:[123], if of these kinds."""
    found = []
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            target = os.readlink(f"/proc/{pid}/fd/{name}")
        except FileNotFoundError:  # closed meanwhile
            continue
        found += [target] if target.startswith(kinds) else []
    return found


def _fields(stat: Path) -> list[str]:
    """The fields behind the program's name, which may hold anything."""
    return stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
