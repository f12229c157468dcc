"""The objects and children of this process, by name, and the descriptors of all it ever had."""

from __future__ import annotations

import fcntl
import gc
import os
import threading
import traceback
import weakref
from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, Optional, Tuple

from .adapter import Adapter, BadRequest, Given


# The bits of a descriptor's flags that say how it is open; PyPy has no os.O_ACCMODE.
_ACCESS = os.O_RDONLY | os.O_WRONLY | os.O_RDWR


class Descriptor(NamedTuple):
    """A descriptor and what it referred to: the number alone may have been used again by now."""

    number: int
    device: int
    inode: int
    access: int

    @staticmethod
    def of(number: int) -> Optional["Descriptor"]:
        try:
            status = os.fstat(number)
            access = fcntl.fcntl(number, fcntl.F_GETFL) & _ACCESS
        except OSError:
            return None
        return Descriptor(number, status.st_dev, status.st_ino, access)

    def is_open(self) -> bool:
        return Descriptor.of(self.number) == self


@dataclass(frozen=True)
class Entry:
    """One object: its type, itself, its descriptors, whether it came through a fork."""

    kind: str
    target: Any
    descriptors: Tuple[Descriptor, ...]
    inherited: bool


class Registry:
    """What the process has, by name.

    ``lock`` is held while objects and children come and go, and over a fork: so that the child sees
    either all or nothing of an object.  Looking up needs no lock.
    """

    def __init__(self, adapter: Adapter) -> None:
        self.lock = threading.Lock()
        self.children: Dict[str, Any] = {}
        self.deliveries: Dict[str, Any] = {}
        self._adapter = adapter
        self._entries: Dict[str, Entry] = {}
        # Descriptors of objects that were dropped, which a blocked call or a thread of the
        # implementation may keep open for a while.
        self._dropped: List[Descriptor] = []
        self._in_use: Dict[int, Tuple[str, ...]] = {}

    def find(self, name: Any) -> Entry:
        try:
            return self._entries[name]
        except (KeyError, TypeError):
            raise BadRequest(
                f"this process has no object {name!r:.60}: create it first, or give "
                "it to the process when it is spawned"
            ) from None

    def delivery(self, name: Any) -> Any:
        """What was received under that name last."""
        try:
            return self.deliveries[name]
        except (KeyError, TypeError):
            raise BadRequest(
                f"this process has no delivery {name!r:.60}: name it with receive first"
            ) from None

    def child(self, name: Any) -> Any:
        try:
            return self.children[name]
        except (KeyError, TypeError):
            raise BadRequest(f"this process has spawned no child {name!r:.60}") from None

    def need_new(self, names: Iterable[str]) -> None:
        for name in names:
            if name in self._entries:
                raise BadRequest(f"there is an object {name!r} already: take another name")

    def add(self, name: str, kind: str, target: Any, inherited: bool = False) -> None:
        self._dropped = [descriptor for descriptor in self._dropped if descriptor.is_open()]
        self._enter(name, kind, target, self._adapter.descriptors(kind, target), inherited)

    def add_given(self, name: str, kind: str, target: Any, inherited: bool) -> None:
        """Add what the parent handed over.  The adapter knows such objects: one that it cannot look
        into is what the implementation made of it, and fails at its first use."""
        try:
            self.add(name, kind, target, inherited)
        except Exception:
            traceback.print_exc()
            self._enter(name, kind, target, (), inherited)

    def _enter(
        self, name: str, kind: str, target: Any, numbers: Iterable[int], inherited: bool
    ) -> None:
        found = tuple(filter(None, (Descriptor.of(number) for number in numbers)))
        self._entries[name] = Entry(kind, target, found, inherited)

    def given(self, names: Iterable[str]) -> Given:
        """The objects with these names, for a child."""
        return {name: (self.find(name).kind, self.find(name).target) for name in names}

    def note_use(self, names: Tuple[str, ...]) -> None:
        """This thread is about to call an operation on these objects; () when it is done."""
        if names:
            self._in_use[threading.get_ident()] = names
        else:
            self._in_use.pop(threading.get_ident(), None)

    def drop(self, name: str) -> None:
        """Forget the object, so that the last reference in this process goes."""
        entry = self._entries.pop(name)
        self._dropped.extend(entry.descriptors)
        kind, inherited, alive = entry.kind, entry.inherited, weakref.ref(entry.target)
        used = any(name in names for names in list(self._in_use.values()))
        del entry
        gc.collect()
        leaked = alive()
        if leaked is not None and inherited and not used:
            self._adapter.abandon(kind, leaked)

    def drop_child(self, name: str) -> None:
        """Forget the handle of a child, so that the last reference in this process goes."""
        del self.children[name]
        gc.collect()

    def leave_behind(self, given: Mapping[str, Any]) -> None:
        """In a forked child, on its parent's registry: disown all but the given objects.

        The null device takes the place of their descriptors.  They are never finalised here: this
        registry keeps them, and the caller keeps it for ever.
        """
        kept = {name: self._entries.pop(name) for name in given}
        given_now = {descriptor for entry in kept.values() for descriptor in entry.descriptors}
        for entry in self._entries.values():
            cover(descriptor for descriptor in entry.descriptors if descriptor not in given_now)
        cover(descriptor for descriptor in self._dropped if descriptor not in given_now)


def cover(descriptors: Iterable[Descriptor]) -> None:
    """Put the null device over those descriptors that still are what they were."""
    null = os.open(os.devnull, os.O_RDWR)
    try:
        for descriptor in descriptors:
            if descriptor.is_open():
                os.dup2(null, descriptor.number, inheritable=False)
    finally:
        os.close(null)
