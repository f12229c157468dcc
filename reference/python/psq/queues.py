"""The three types of queues. ``psq`` has their names; each is one of C++ by ``_native``."""

from __future__ import annotations

from . import exits
from ._native import Core, Kind
from .codecs import codec_of, joined

# Not that of the module typing, whose import takes longer than that of all else here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator, List, Optional, Type, TypeVar

    from ._native import Calls
    from .handles import Handle

    T = TypeVar("T")
    Q = TypeVar("Q", bound="_Queue[Any]")
else:
    from . import _native

    T = None

    class Calls(_native.Calls):
        # As that of typing.Generic: Queue[int] is called as Queue is.
        __class_getitem__ = classmethod(type(list[int]))


class _Queue(Calls[T]):
    """What the types have in common. Any thread may call any method."""

    _kind: Kind
    _core: Core

    def _begin(self, core: Core, codec: str) -> None:
        self._core = core
        self._codec = codec_of(codec)
        self._codec_name = codec
        self._end: Any = None
        self._use(core, self._codec.dumps, self._codec.loads, codec == "pickle")

    def __getstate__(self) -> Any:
        from multiprocessing import context, reduction

        context.assert_spawning(self)
        return self._codec_name, reduction.DupFd(self._core.descriptor())

    def __setstate__(self, state: Any) -> None:
        codec, duplicate = state
        self._begin(Core.adopt(self._kind, duplicate.detach()), codec)

    def handle(self) -> Handle:
        """For a program that ``subprocess`` starts; see ``Handle``."""
        from .handles import Handle

        return Handle(self._core.handle())

    @classmethod
    def open_at(cls: Type[Q], path: str, *, codec: str = "pickle") -> Q:
        """The queue of that name. Raises OSError when there is none that this process may use, and
        ValueError when the file is no whole queue of this type and version of psq."""
        return cls._of(Core.open_at(cls._kind, path), codec)

    @classmethod
    def _of(cls: Type[Q], core: Core, codec: str) -> Q:
        queue = cls.__new__(cls)
        queue._begin(core, codec)
        return queue

    @classmethod
    def from_handle(cls: Type[Q], token: str, *, codec: str = "pickle") -> Q:
        """The queue of a handle that this program has inherited, once. Raises ValueError when it has
        not, and when the token is of another version of psq, a C++ program's too."""
        return cls._of(Core.from_handle(cls._kind, token), codec)

    def fileno(self) -> int:
        """A descriptor that is readable while a get would find an item, and when the queue is closed
        in this process: for select and event loops, which only watch it. The queue keeps it. The first
        call starts a thread of this process. Raises Closed, and OSError without descriptors."""
        return self._core.fileno()

    def until(self, sentinel: Optional[T] = None) -> Iterator[T]:
        """The items before the first one that is the sentinel, or equals it and is of its type. The
        sentinel is consumed. Clauses: queue.get.no-end-of-stream."""
        while True:
            item = self._get(None)
            if item is sentinel or (type(item) is type(sentinel) and item == sentinel):
                return
            yield item

    def put_many(self, items: Iterable[T], timeout: Optional[float] = None) -> int:
        """Puts the items in order, as one put after the other does, at less cost for each. Returns how
        many were put: all, unless ``timeout`` seconds passed before. All are pickled before the first
        is put; what that raises, and Closed, leaves the queue unchanged."""
        return self._put_many(items, timeout)

    def get_many(self, most: int, timeout: Optional[float] = None) -> List[T]:
        """Waits for an item, up to ``timeout`` seconds, and takes it and those behind it that are
        visible now, ``most`` at most; none when no item came. Raises Closed, and what the unpickling
        raises: all are consumed then. A process that is killed meanwhile takes them with it."""
        return self._get_many(most, timeout)

    async def aget(self) -> T:
        """``get`` for asyncio. A task that is cancelled has taken no item."""
        from . import aio  # Imports asyncio, which takes longer than all else of the package.

        while True:
            data = self._core.get(0)
            if data is not None:
                return self._loaded(data)
            await aio.readable(self._core.fileno())

    async def aput(self, obj: T) -> None:
        """``put`` for asyncio. A task that is cancelled has put nothing. While there is no slot it looks
        for one more and more seldom, every 20 ms at last."""
        from . import aio

        self._core.check_open()
        data = joined(self._codec.dumps(obj))  # Each attempt puts the same bytes.
        self._will_put()
        await aio.until_true(lambda: self._core.put(data, 0))

    def close(self) -> None:
        """Ends the use of the queue in this process. What it has put still arrives. Idempotent.
        Clauses: queue.close.idempotent, queue.close.flushes, queue.close.local."""
        self._core.close()

    def empty(self) -> bool:
        """Whether no item is visible now; one that a process has just put may be on its way.
        Clauses: queue.empty.at-rest, simple-queue.empty.exact."""
        return self._core.empty()

    def _will_put(self) -> None:
        """Before the first put in each process."""
        import weakref

        if self._end is None:
            self._end = weakref.finalize(self, exits.dropped, self._core)
            self._end.atexit = False
        exits.putting()

    def _loaded(self, data: Any) -> T:
        value: T = self._codec.loads(data)
        return value


class Queue(_Queue[T]):
    """``multiprocessing.Queue``. With a ``maxsize`` above 0, a put waits while so many items are there.

    ``codec`` says what the items are: "pickle" any value that can be pickled, "bytes", "text" or
    "json" what C++ programs use, too, as ``psq::Queue<std::string>``. All users have to agree.

    Raises ValueError for a bound above ``MAX_SIZE``, and OSError without memory or descriptors.
    Clauses: queue.create.bound, queue.create.unbounded, queue.create.too-large-refused.
    """

    _kind = Kind.PLAIN

    def __init__(self, maxsize: int = 0, *, codec: str = "pickle", ctx: Any = None) -> None:
        self._begin(Core.create(self._kind, maxsize), codec)

    @classmethod
    def create_at(
        cls: Type[Q], path: str, maxsize: int = 0, *, mode: int = 0o600, codec: str = "pickle"
    ) -> Q:
        """A queue that other programs find by a name in the file system, best in /dev/shm or /run,
        until the file is removed. Raises OSError also when there is a file of this name."""
        return cls._of(Core.create_at(cls._kind, path, maxsize, mode), codec)

    def put(self, obj: T, block: bool = True, timeout: Optional[float] = None) -> None:
        """Pickles the value and puts it. Waits for a slot, up to ``timeout`` seconds; raises Full
        without one, Closed, and what the pickling raises: nothing is put then.
        Clauses: queue.put.full-after-timeout, queue.put.full-leaves-no-trace."""
        self._put(obj, timeout if block else 0)

    def get(self, block: bool = True, timeout: Optional[float] = None) -> T:
        """Waits for an item, up to ``timeout`` seconds, and takes it. Raises Empty without one,
        Closed, and what the unpickling raises: the item is consumed then.
        Clauses: queue.get.empty-after-timeout, queue.get.exactly-once."""
        return self._get(timeout if block else 0)

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
        self._begin(Core.create(self._kind, maxsize, unfinished), codec)

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
        self._begin(Core.create(self._kind), codec)

    @property
    def _reader(self) -> _Reader:
        return _Reader(self)

    def put(self, obj: T) -> None:
        """Pickles the value and puts it; waits for room. Raises Closed, and what the pickling raises."""
        self._put(obj, None)

    def get(self) -> T:
        """Waits for an item and takes it. Raises Closed, and what the unpickling raises."""
        return self._get(None)
