"""Exit statuses, and the errors that carry one."""

from __future__ import annotations

import difflib
import errno
from enum import IntEnum
from pathlib import Path
from typing import Iterable


class Status(IntEnum):
    CONFORMS = 0
    DOES_NOT_CONFORM = 1
    INCONCLUSIVE = 2
    DRIVER_BROKEN = 3
    USAGE = 64
    INTERNAL = 70
    # As shells report a program that SIGINT ended; only for runs that the user stopped.
    INTERRUPTED = 130


SENTENCES = {
    Status.CONFORMS: "conforms",
    Status.DOES_NOT_CONFORM: "does not conform",
    Status.INCONCLUSIVE: "inconclusive",
    Status.DRIVER_BROKEN: "the driver is broken",
    Status.USAGE: "wrong usage",
    Status.INTERNAL: "internal error: no verdict",
    Status.INTERRUPTED: "interrupted: no verdict",
}

_WORST_FIRST = (
    Status.INTERRUPTED,
    Status.INTERNAL,
    Status.USAGE,
    Status.DRIVER_BROKEN,
    Status.DOES_NOT_CONFORM,
    Status.INCONCLUSIVE,
    Status.CONFORMS,
)


def worst(statuses: Iterable[int]) -> Status:
    """The status that stands for all of them; of none at all, inconclusive."""
    seen = set(statuses)
    if not seen <= set(_WORST_FIRST):
        return Status.INTERNAL
    for status in _WORST_FIRST:
        if status in seen:
            return status
    return Status.INCONCLUSIVE


class Stop(Exception):
    """Ends the command with a message for people and a status for scripts."""

    status = Status.INTERNAL


class UsageError(Stop):
    status = Status.USAGE


class DriverMissing(Stop):
    status = Status.DRIVER_BROKEN


class InternalError(Stop):
    status = Status.INTERNAL


class NoRoom(InternalError):
    """Something could not be written, though its place was right: a full disk."""


# What the user's choice of a file can cause; anything else is a disk that is full or broken.
_WRONG_PLACE = (
    errno.ENOENT,
    errno.EEXIST,
    errno.EACCES,
    errno.EPERM,
    errno.EISDIR,
    errno.ENOTDIR,
    errno.EROFS,
)


def cannot_write(what: str, error: OSError) -> Stop:
    """The error of a file that cannot be written: wrong usage for a wrong place, and else a lack of room."""
    reason = error.strerror or str(error)
    if error.errno in _WRONG_PLACE:
        return UsageError(f"cannot write {what}: {reason}; name a file that can be written")
    return NoRoom(f"cannot write {what}: {reason}; make room there, or name another place")


def make_folder(folder: Path) -> None:
    """Make it and its parents, unless they are there; what cannot_write says when that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(str(folder), error) from error


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """' Did you mean a or b?' for what is close to `name`, or nothing."""
    near = difflib.get_close_matches(name, list(dict.fromkeys(known)), n=3, cutoff=0.6)
    return f" Did you mean {' or '.join(near)}?" if near else ""
