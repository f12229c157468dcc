"""What an implementer supplies: an Adapter, which prepares calls on one implementation."""

from __future__ import annotations

import abc
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterable, List, Mapping, NamedTuple, Tuple

NO_VALUE = object()
"""Stands for "this answer has no value"; None is a value (JSON's null)."""


class BadRequest(Exception):
    """The request makes no sense.  Raise it while preparing a call; nothing may have been done."""


class Defect(Exception):
    """The driver itself went wrong.  Raise it also within a call, where every other exception counts
    as the implementation's: the controller learns of it, and the process ends with status 70."""


class Unsupported(Exception):
    """The implementation lacks what is asked for.  Raise it while preparing a call."""


class Outcome(NamedTuple):
    """An outcome of spec/outcomes.md by name, and the value that goes with it if any."""

    name: str
    value: Any = NO_VALUE


def _no_value(_result: Any) -> Any:
    return NO_VALUE


@dataclass(frozen=True)
class Call:
    """One call on the implementation, ready to be made.

    ``invoke`` does the call and nothing else: the time stamps are taken right before and after it,
    and every exception that leaves it counts as the implementation's, except :class:`Defect`.
    ``value`` makes the answer's value of what ``invoke`` returned; it runs outside of the time stamps,
    and an exception in it is a defect of the driver, which ends the process.
    """

    invoke: Callable[[], Any]
    value: Callable[[Any], Any] = _no_value


Given = Dict[str, Tuple[str, Any]]
"""Objects for a child: the type's name (``"queue"``, …) and the object itself, by name."""


class Adapter(abc.ABC):
    """The implementation under test, as the kit sees it.

    One adapter serves one process.  Its methods are called from any of the process's named threads,
    several at a time, except ``create``, ``spawn`` and their calls, which the kit serialises.  They
    only prepare: check the arguments, build the item, and return a :class:`Call`.  They may raise
    :class:`BadRequest` or :class:`Unsupported`; any other exception is taken for a defect of the
    driver: its traceback goes to standard error, the controller is told, and the process ends with
    status 70.

    The kit refuses what the hello does not declare before it asks the adapter, and hands on
    arguments that it has checked: a field that was absent is absent from ``arguments``.
    """

    @abc.abstractmethod
    def hello(self) -> Mapping[str, Any]:
        """The root's hello: implementation, version, language, start_method, profiles,
        capabilities (``operations`` by type, ``options``, and ``bounds`` where it does not have
        both kinds of queue) and limits, as the protocol has them."""

    @abc.abstractmethod
    def create(self, kind: str, arguments: Mapping[str, Any]) -> Call:
        """Prepare to create an object.

        ``kind`` is ``queue``, ``joinable_queue``, ``simple_queue``, ``pipe`` or ``broker_queue``;
        ``arguments`` may hold ``maxsize`` and ``unfinished``, for a pipe ``duplex``, for a queue of
        a broker ``visibility``, ``prefetch`` and ``patience``.  The call returns a list with the
        object, for a pipe with its two ends (of type ``connection``) in order.
        """

    @abc.abstractmethod
    def operation(self, kind: str, target: Any, do: str, arguments: Mapping[str, Any]) -> Call:
        """Prepare one operation on an object.

        ``arguments`` holds, where the protocol has them: ``payload`` (an Item, Plain or Raw),
        ``block``, ``timeout`` (seconds as a number, or None for ever), ``offset``, ``size``,
        ``maxlength``, ``room``.  For ``wait`` the target is None and ``arguments["of"]`` is a list
        of names with their connections; its value is the list of the names that are ready.

        For ``send_connection`` it holds ``connection``, the end that is sent.  The call of
        ``recv_connection`` returns the connection that it obtained; ``arguments["hold_still"]`` is
        a function that it calls when one is there, right before it takes it: from then until the
        kit has recorded the descriptors, no object and no child is made.

        The call of ``receive`` returns a delivery, which the kit keeps, and hands to later ``ack``,
        ``nack``, ``reject`` and ``extend`` as ``arguments["delivery"]``; its value is the item's
        with ``count``.
        """

    @abc.abstractmethod
    def outcome(self, kind: str, do: str, error: BaseException) -> Outcome:
        """The outcome for an exception that left a call.  ``raised`` when the table has no other; the
        kit adds the exception's type and message by itself."""

    def spawn(self, name: str, socket_path: str, given: Given, daemon: bool) -> Call:
        """Prepare to start a child.  Its main thread must call
        ``serve(adapter, role=name, socket_path=socket_path, objects=given)``.

        The call returns the child's handle, anything with a ``pid``.  Hand on the dict ``given``
        itself and keep nothing that is in it: the child's kit empties it, so that dropping an
        object there drops the last reference.  The call may fork; the kit sees to it that no object
        is being created or dropped meanwhile.  A forked child must never return out of the call.
        """
        raise Unsupported("this implementation starts no processes")

    def process_operation(self, handle: Any, do: str, arguments: Mapping[str, Any]) -> Call:
        """Prepare ``join_process`` (value: True when it has ended), ``exit_code``, ``terminate`` or
        ``kill`` on the handle of a child."""
        raise Unsupported("this implementation starts no processes")

    def descriptors(self, kind: str, target: Any) -> Iterable[int]:
        """The numbers of the object's open descriptors, asked for right after its creation.

        A forked child puts the null device over those of the objects that it was not given.
        """
        return ()

    def abandon(self, kind: str, target: Any) -> None:
        """Do what the death of the last reference to the object would do.

        Called in a forked child when an object was dropped that something inherited keeps alive,
        for example the stack of a thread that was blocked in the parent.
        """


def object_names(value: Any, count: int) -> List[str]:
    """The list of ``count`` different names in a request, or BadRequest."""
    if (
        not isinstance(value, list)
        or len(value) != count
        or not all(isinstance(name, str) and name for name in value)
        or len(set(value)) != count
    ):
        raise BadRequest(f"names must be a list of {count} different non-empty strings")
    return value
