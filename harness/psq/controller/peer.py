"""The processes of a driver, and the requests that are sent to them."""

from __future__ import annotations

import json
import os
import select
import signal
import time
from typing import Any, Callable, Protocol

from psq.controller.channel import Channel, Program
from psq.controller.messages import shorten
from psq.controller.proc import thread_state

Message = dict[str, Any]


Recorder = Callable[[str, str, bytes], None]
"""Is told each step of a conversation: ``to``, ``from`` or ``hang_up``, the process, and the bytes."""


class Broken(Exception):
    """The driver broke a rule.  ``rule`` names the check; None stands for the one that is being played."""

    def __init__(self, message: str, rule: str | None = None) -> None:
        super().__init__(message)
        self.rule = rule


class Silent(Broken):
    """What was waited for did not come."""


class Run(Protocol):
    """The part of a session that a process needs."""

    program: Program
    answer_within: float

    def record(self, what: str, process: str, data: bytes, /) -> None:
        ...

    def next_id(self) -> int:
        ...

    def wait(self, done: Callable[[], bool], what: str, whose: Peer | None = None) -> None:
        ...


class Call:
    """A request that was sent, and the messages that came back."""

    def __init__(self, peer: Peer, request: Message) -> None:
        self.peer = peer
        self.request = request
        self.sent = time.monotonic_ns()
        self.answer: Message | None = None
        self.began: list[Message] = []
        self.events: list[Message] = []
        self.messages: list[Message] = []
        """Answer, began and events in the order in which they came."""

    def wait(self) -> Message:
        """The answer.  Raises Broken when it does not come."""
        self.peer.session.wait(lambda: self.answer is not None, f"an answer to {self}", self.peer)
        assert self.answer is not None
        return self.answer

    def wait_until_began(self) -> Message:
        self.peer.session.wait(lambda: bool(self.began), f"began for {self}", self.peer)
        return self.began[0]

    def wait_asleep(self) -> None:
        """Wait until the call has begun and its thread sleeps in the kernel."""
        tid = self.wait_until_began()["tid"]
        deadline = time.monotonic() + self.peer.session.answer_within
        while thread_state(self.peer.pid, tid) != "S":
            if time.monotonic() > deadline:
                raise Silent(f"the thread of {self} does not come to sleep")
            time.sleep(0.001)

    def expect(self, *outcomes: str) -> Message:
        """The answer, which must have one of these outcomes."""
        answer = self.wait()
        if answer["outcome"] not in outcomes:
            raise Broken(f"{self} was answered {shorten(answer)}; expected {' or '.join(outcomes)}")
        return answer

    def __str__(self) -> str:
        return f"{shorten(self.request)} to {self.peer.name}"


class Peer:
    """One process of the driver."""

    def __init__(self, session: Run, name: str, channel: Channel, hello: Message) -> None:
        self.session = session
        self.name = name
        self.channel = channel
        self.hello = hello
        self.pid: int = hello["pid"]
        self.calls: dict[Any, Call] = {}
        self.refusals: list[Message] = []
        self.may_end = False
        self.seen_dead = False
        try:
            self.pidfd: int | None = os.pidfd_open(self.pid)
        except OSError:
            self.pidfd = None

    @property
    def dead(self) -> bool:
        return self.pidfd is None or bool(select.select([self.pidfd], [], [], 0)[0])

    def start(self, do: str, **fields: Any) -> Call:
        """Send a request and return at once."""
        request = {"id": self.session.next_id(), "do": do, **fields}
        call = Call(self, request)
        self.calls[request["id"]] = call
        self.send_raw(_encoded(request) + b"\n")
        return call

    def send_raw(self, data: bytes) -> None:
        self.session.record("to", self.name, data)
        try:
            self.channel.send(data, self.session.answer_within)
        except OSError as error:
            rule = "process.stays" if self._soon_dead() else None
            raise (Silent if isinstance(error, TimeoutError) else Broken)(
                f"{self.name} no longer reads its connection: {error}; "
                f"{self.session.program.log_tail()}",
                rule,
            ) from None

    def _soon_dead(self) -> bool:
        # The connection ends shortly before the process does.
        if self.pidfd is not None:
            select.select([self.pidfd], [], [], 1)
        return self.dead and not self.may_end

    def ask(self, do: str, *outcomes: str, **fields: Any) -> Message:
        """Do a request and return its answer, which must have one of the outcomes (``ok``)."""
        return self.start(do, **fields).expect(*(outcomes or ("ok",)))

    def value(self, do: str, **fields: Any) -> Any:
        """Do a request that must succeed and return its value."""
        return self.ask(do, **fields).get("value")

    def outcome(self, do: str, **fields: Any) -> str:
        """Do a request and return its outcome, whatever it is."""
        return self.start(do, **fields).wait()["outcome"]

    def hang_up(self) -> None:
        """End the connection to it, which a process must not outlive."""
        self.may_end = True
        self.session.record("hang_up", self.name, b"")
        self.channel.hang_up()

    def kill(self) -> None:
        """End it at once, and close its pidfd."""
        if self.pidfd is not None:
            try:
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
            except ProcessLookupError:
                pass
            os.close(self.pidfd)
            self.pidfd = None

    def wait_dead(self) -> None:
        self.may_end = True
        self.session.wait(lambda: self.dead, f"the end of {self.name}")


def _encoded(request: Message) -> bytes:
    try:
        return json.dumps(request, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # an unpaired surrogate travels as an escape alone
        return json.dumps(request).encode()
