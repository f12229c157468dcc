"""The three types of queues. ``psq`` has their names; each is one of C++ by ``_native``."""

from __future__ import annotations

import weakref
from multiprocessing import context, reduction
from queue import Empty, Full
from typing import Any, Generic, Optional, Type, TypeVar

from . import exits
from ._native import Core, Kind
from .codecs import codec_of
from .handles import Handle

T = TypeVar("T")
Q = TypeVar("Q", bound="_Queue[Any]")


class _Queue(Generic[T]):
    """What the types have in common. Any thread may call any method."""

    _kind: Kind
    _core: Core

    def _use(self, core: Core, codec: str) -> None:
        self._core = core
        self._codec = codec_of(codec)
        self._codec_name = codec
        self._putting: Any = None

    def __getstate__(self) -> Any:
        context.assert_spawning(self)
        return self._codec_name, reduction.DupFd(self._core.descriptor())

    def __setstate__(self, state: Any) -> None:
        codec, duplicate = state
        self._use(Core.adopt(self._kind, duplicate.detach()), codec)

    def handle(self) -> Handle:
        """For a program that ``subprocess`` starts; see ``Handle``."""
        return Handle(self._core.handle())

    @classmethod
    def from_handle(cls: Type[Q], token: str, *, codec: str = "pickle") -> Q:
        """The queue of a handle that this program has inherited, once. Raises ValueError when it has
        not, and when the token is of another version of psq, a C++ program's too."""
        queue = cls.__new__(cls)
        queue._use(Core.from_handle(cls._kind, token), codec)
        return queue

    def close(self) -> None:
        """Ends the use of the queue in this process. What it has put still arrives. Idempotent.
        Clauses: queue.close.idempotent, queue.close.flushes, queue.close.local."""
        self._core.close()

    def empty(self) -> bool:
        """Whether no item is visible now; one that a process has just put may be on its way.
        Clauses: queue.empty.at-rest, simple-queue.empty.exact."""
        return self._core.empty()

    def _put(self, obj: T, timeout: Optional[float]) -> bool:
        self._core.check_open()
        data = self._codec.dumps(obj)
        if self._putting is not exits.this_process:
            self._begin_to_put()
        return self._core.put(data, timeout)

    def _begin_to_put(self) -> None:
        if self._putting is None:
            weakref.finalize(self, exits.dropped, self._core).atexit = False
        self._putting = exits.putting()


class Queue(_Queue[T]):
    """``multiprocessing.Queue``. With a ``maxsize`` above 0, a put waits while so many items are there.

    ``codec`` says what the items are: "pickle" any value that can be pickled, "bytes", "text" or
    "json" what C++ programs use, too, as ``psq::Queue<std::string>``. All users have to agree.

    Raises ValueError for a bound above ``MAX_SIZE``, and OSError without memory or descriptors.
    Clauses: queue.create.bound, queue.create.unbounded, queue.create.too-large-refused.
    """

    _kind = Kind.PLAIN

    def __init__(self, maxsize: int = 0, *, codec: str = "pickle", ctx: Any = None) -> None:
        self._use(Core.create(self._kind, maxsize), codec)

    def put(self, obj: T, block: bool = True, timeout: Optional[float] = None) -> None:
        """Pickles the value and puts it. Waits for a slot, up to ``timeout`` seconds; raises Full
        without one, Closed, and what the pickling raises: nothing is put then.
        Clauses: queue.put.full-after-timeout, queue.put.full-leaves-no-trace."""
        if not self._put(obj, timeout if block else 0):
            raise Full

    def get(self, block: bool = True, timeout: Optional[float] = None) -> T:
        """Waits for an item, up to ``timeout`` seconds, and takes it. Raises Empty without one,
        Closed, and what the unpickling raises: the item is consumed then.
        Clauses: queue.get.empty-after-timeout, queue.get.exactly-once."""
        data = self._core.get(timeout if block else 0)
        if data is None:
            raise Empty
        value: T = self._codec.loads(data)
        return value

    def put_nowait(self, obj: T) -> None:
        """``put(obj, False)``."""
        self.put(obj, False)

    def get_nowait(self) -> T:
        """``get(False)``."""
        return self.get(False)

    def qsize(self) -> int:
        """The number of items that were put and not yet taken. Clauses: queue.qsize.counts-slots."""
        return self._core.qsize()

    def full(self) -> bool:
        """Whether no slot is free now. Clauses: queue.full.at-bound."""
        return self._core.full()

    def join_thread(self) -> None:
        """After close: waits until what this process has put is visible to others. Raises
        AssertionError before close. Clauses: queue.join-thread.waits-for-flush."""
        self._core.join_thread()

    def cancel_join_thread(self) -> None:
        """From now on neither join_thread nor the end of the process waits for the items.
        Clauses: queue.cancel-join-thread.exit-does-not-wait."""
        self._core.cancel_join_thread()


class JoinableQueue(Queue[T]):
    """``multiprocessing.JoinableQueue``: a Queue that counts its unfinished tasks."""

    _kind = Kind.JOINABLE

    def __init__(
        self,
        maxsize: int = 0,
        *,
        unfinished: int = 0,
        codec: str = "pickle",
        ctx: Any = None,
    ) -> None:
        """``unfinished`` is the count of tasks to begin with."""
        self._use(Core.create(self._kind, maxsize, unfinished), codec)

    def task_done(self) -> None:
        """Says that one item that was got is done. Raises ValueError when no task is unfinished.
        Clauses: joinable-queue.task-done.too-often."""
        self._core.task_done()

    def join(self) -> None:
        """Waits until no task is unfinished. Clauses: joinable-queue.join.waits-for-tasks."""
        self._core.join(None)


class _Reader:
    """What ``concurrent.futures`` waits for and reads, where it takes a SimpleQueue of a context."""

    def __init__(self, queue: SimpleQueue[Any]) -> None:
        self.fileno = queue._core.fileno
        self.recv = queue.get
        self.close = queue.close


class SimpleQueue(_Queue[T]):
    """``multiprocessing.SimpleQueue``: without a bound in items; a put waits while there is no room,
    and an item is visible when it returns. Survives its producer."""

    _kind = Kind.SIMPLE

    def __init__(self, *, codec: str = "pickle", ctx: Any = None) -> None:
        self._use(Core.create(self._kind), codec)

    @property
    def _reader(self) -> _Reader:
        return _Reader(self)

    def put(self, obj: T) -> None:
        """Pickles the value and puts it; waits for room. Raises Closed, and what the pickling raises."""
        self._put(obj, None)

    def get(self) -> T:
        """Waits for an item and takes it. Raises Closed, and what the unpickling raises."""
        value: T = self._codec.loads(self._core.get(None))
        return value
