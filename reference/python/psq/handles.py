"""Queues for programs that ``subprocess`` starts, in Python or C++."""

from __future__ import annotations

from typing import Any, Optional, Tuple

from ._native import NativeHandle


class Handle:
    """A descriptor of a queue that a program inherits, and the token by which the program finds it::

        with jobs.handle() as handle:
            subprocess.Popen(["worker", handle.token], pass_fds=handle.pass_fds)

    and there ``psq.Queue.from_handle(sys.argv[1])``, or in C++ ``psq::Queue<T>::from_handle``. Every
    program that the process starts meanwhile without closing descriptors inherits it, too.
    """

    def __init__(self, native: NativeHandle) -> None:
        self._native: Optional[NativeHandle] = native
        self.token: str = native.token
        """Printable, without spaces."""
        self.pass_fds: Tuple[int] = (native.descriptor,)
        """For the argument of ``subprocess`` of this name."""

    def close(self) -> None:
        """Closes the descriptor in this process. Idempotent."""
        self._native = None

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()
