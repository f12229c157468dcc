"""What every driver written in Python needs, except the implementation itself.

A driver is a small program that lets the conformance suite use an implementation of the queues (see
``spec/driver-protocol.md``).  This kit implements the protocol whole: the connection, hello, named
threads, operation lists, dropping, ending, refusing what makes no sense.  It knows no
implementation.  To write a driver:

1. Derive a class from :class:`Adapter` and fill in its methods.  Each method *prepares* a call and
   returns it as a :class:`Call`; the kit makes the call, with the time stamps next to it.
2. Call ``serve(MyAdapter())`` on the main thread of the program that the controller starts.
3. In a spawned process call ``serve(MyAdapter(), role=name, socket_path=path, objects=given)`` on
   its main thread, with what :meth:`Adapter.spawn` was given.

Then ``psq driver-check -- COMMAND`` says what is still wrong.  ``examples/thread_queue_driver.py``
is a complete driver of one page.  For anything with the API of ``multiprocessing`` no adapter is
needed: :mod:`psq_driver_kit.queues`.

The kit needs Python 3.9 or newer, CPython or PyPy, and nothing but the standard library. On another
interpreter it says what is missing, and ends the program with status 64 before it connects.
"""

from . import needs

needs.check()

from .adapter import (  # noqa: E402
    NO_VALUE,
    Adapter,
    BadRequest,
    Call,
    Defect,
    Given,
    Outcome,
    Unsupported,
)
from .arguments import Item, Plain, Raw  # noqa: E402
from .items import bytes_value, item_value, least_body, make_body  # noqa: E402
from .session import DriverAskedToFail, serve  # noqa: E402

__all__ = [
    "NO_VALUE",
    "Adapter",
    "BadRequest",
    "Call",
    "Defect",
    "DriverAskedToFail",
    "Given",
    "Item",
    "Outcome",
    "Plain",
    "Raw",
    "Unsupported",
    "bytes_value",
    "item_value",
    "least_body",
    "make_body",
    "serve",
]
