"""The adapter of the Python processes of the driver ``mixed``, whose children are C++ programs."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import subprocess
from typing import Any, Dict, Iterator, Mapping, Sequence, Tuple

import mixed_items
import mp_path  # noqa: F401
from mixed_child import Program
from mp_psq import MODULE, PsqAdapter
from psq_driver_kit import Call, Given, Item, Outcome, bytes_value

_CODEC = "bytes"
# Of one language alone: the bytes of an item are its format, and each has its own way of sending an end.
_NOT_COMMON = ("send_connection", "recv_connection")
_COMMON_OF_ITEMS = "item.same"


class MixedAdapter(PsqAdapter):
    """Prepares calls on the package psq in queues of bytes.  A child is the C++ program ``cpp``, whose
    children are ``command``, which is this program's."""

    def __init__(self, cpp: str, command: Sequence[str]) -> None:
        super().__init__(MODULE, "fork")  # No child is made by this method.
        self._cpp = cpp
        self._command = list(command)
        self._maker = mixed_items.ItemMaker()

    def hello(self) -> Mapping[str, Any]:
        hello: Dict[str, Any] = dict(super().hello())
        has = hello["capabilities"]
        operations = {
            kind: [name for name in names if name not in _NOT_COMMON]
            for kind, names in has["operations"].items()
        }
        options = [
            name
            for name in has["options"]
            if not name.startswith("item.") or name == _COMMON_OF_ITEMS
        ]
        hello["implementation"] = "psq-mixed"
        hello["start_method"] = "exec"
        hello["capabilities"] = {**has, "operations": operations, "options": options}
        hello["limits"] = {**hello["limits"], "item_bytes": mixed_items.LEAST_SIZE}
        return hello

    def outcome(self, kind: str, do: str, error: BaseException) -> Outcome:
        if isinstance(error, multiprocessing.BufferTooShort):
            return Outcome("buffer_too_short", self.raw_value(bytes(error.args[0])))
        return super().outcome(kind, do, error)

    def create(self, kind: str, arguments: Mapping[str, Any]) -> Call:
        codec = {} if kind == "pipe" else {"codec": _CODEC}
        return super().create(kind, {**arguments, **codec})

    def receive(self, kind: str, handle: str) -> Any:
        """The object that this program was given by ``handle``; see ``_passed``."""
        if kind != "connection":
            of_class = {
                "queue": self._module.Queue,
                "joinable_queue": self._module.JoinableQueue,
                "simple_queue": self._module.SimpleQueue,
            }[kind]
            return of_class.from_handle(handle, codec=_CODEC)
        access, number = handle.split(":")
        os.set_inheritable(int(number), False)
        return self._module.Connection(int(number), readable="r" in access, writable="w" in access)

    def spawn(self, name: str, socket_path: str, given: Given, daemon: bool) -> Call:
        def start_program() -> "subprocess.Popen[bytes]":
            with contextlib.ExitStack() as handles:
                command, inherited = [self._cpp, "--child", name], []
                while given:
                    each, (kind, target) = given.popitem()
                    handle, descriptor = handles.enter_context(_passed(kind, target))
                    command += [kind, handle, each]
                    inherited.append(descriptor)
                return subprocess.Popen([*command, "--", *self._command], pass_fds=inherited)

        def start() -> Program:
            program = Program(start_program, name, daemon)
            program.start()
            return program

        return Call(start)

    # Items are bytes, and a message of a pipe is one's bytes, as it is for C++.

    def raw_item(self, item: Item) -> bytes:
        return mixed_items.make_item(item)

    def raw_value(self, data: bytes) -> Dict[str, Any]:
        return mixed_items.item_value(data) or bytes_value(data)

    def _payload(self, payload: Any) -> Any:
        return self._maker.make(payload)

    def _value(self, value: Any) -> Any:
        return self._maker.read(value)

    def _send(self, kind: str, target: Any, arguments: Dict[str, Any]) -> Call:
        data = self._payload(arguments["payload"])
        return Call(lambda: target.send_bytes(data))

    def _recv(self, kind: str, target: Any, arguments: Dict[str, Any]) -> Call:
        return Call(target.recv_bytes, self._value)


@contextlib.contextmanager
def _passed(kind: str, target: Any) -> Iterator[Tuple[str, int]]:
    """What a program needs to have the object: an argument, and the descriptor that it inherits."""
    if kind != "connection":
        with target.handle() as handle:
            yield handle.token, handle.pass_fds[0]
        return
    access = ("r" if target.readable else "") + ("w" if target.writable else "")
    yield f"{access}:{target.fileno()}", target.fileno()
