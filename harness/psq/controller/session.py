"""One run of a driver: its processes, their messages, and the rules that every message keeps."""

from __future__ import annotations

import json
import select
import time
from typing import Any, Callable, Mapping, NoReturn, Sequence

from psq.controller.channel import Channel, Program
from psq.controller.messages import LONGEST_LINE, Schemas, kind_of, shorten
from psq.controller.peer import Broken, Call, Message, Peer


class Session:
    """Runs the driver once.  A context manager: leaving it kills what is left of the driver.

    ``violated`` is called for each message that breaks a rule, with the rule and the problem.
    """

    def __init__(
        self,
        command: Sequence[str],
        answer_within: float,
        schemas: Schemas,
        violated: Callable[[str, str], None],
        environment: Mapping[str, str],
    ) -> None:
        self.answer_within = answer_within
        self.program = Program(command, environment)
        self.peers: dict[str, Peer] = {}
        self._newcomers: list[Channel] = []
        self._schemas = schemas
        self._violated = violated
        self._last_id = 0
        self.hello: Message = {}

    def __enter__(self) -> Session:
        try:
            self._greet_root()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._take_the_rest()
        finally:
            self._stop()

    @property
    def root(self) -> Peer:
        return self.peers["root"]

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def wait(self, done: Callable[[], bool], what: str, whose: Peer | None = None) -> None:
        """Handle messages until ``done``.  Raises Broken when that takes too long."""
        deadline = time.monotonic() + self.answer_within
        while not done():
            left = deadline - time.monotonic()
            if left <= 0:
                raise Broken(
                    f"waited {self.answer_within:g} s for {what}: nothing came; "
                    f"{self.program.log_tail()}"
                )
            if whose is not None and whose.dead and not whose.may_end:
                self.pump(0.05)
                if not done():
                    self._died(whose)
            self.pump(min(left, 0.25))

    def expect_peer(self, name: str) -> Peer:
        """The process of that name, once it has said hello."""
        self.wait(lambda: name in self.peers, f"the hello of {name}")
        return self.peers[name]

    def spawn(self, parent: Peer, name: str, objects: Sequence[str] = (), **fields: Any) -> Peer:
        """Spawn a child and wait for its hello; its pid must be the one that was answered."""
        pid = parent.value("spawn", name=name, objects=list(objects), **fields)
        child = self.expect_peer(name)
        if pid != child.pid:
            raise Broken(
                f"spawn of {name} answered the pid {pid!r}, its hello came from " f"{child.pid}",
                "spawn.pid",
            )
        return child

    def pump(self, seconds: float) -> None:
        """Handle the messages that have come or come within that time."""
        channels = [peer.channel for peer in self.peers.values()] + self._newcomers
        open_ones = [channel for channel in channels if not channel.at_end]
        ready = select.select([self.program.listener, *open_ones], [], [], seconds)[0]
        for one in ready:
            if isinstance(one, Channel):
                one.receive()
            else:
                self._newcomers.append(Channel(one.accept()[0]))
        for channel in list(self._newcomers):
            self._introduce(channel)
        for peer in list(self.peers.values()):
            self._take_lines(peer)

    # Hello.

    def _greet_root(self) -> None:
        def came() -> bool:
            return bool(self._newcomers or self.peers)

        self._await_hello(came, "connect.connects", "a connection to PSQ_SOCKET")
        self._await_hello(lambda: "root" in self.peers, "hello.comes", "its hello")

    def _await_hello(self, done: Callable[[], bool], rule: str, what: str) -> None:
        deadline = time.monotonic() + self.answer_within
        while not done():
            self.pump(0.02)
            status = self.program.status()
            if done():
                return
            if status is not None:
                raise Broken(
                    f"the command ended with status {status} before {what}; "
                    f"{self.program.log_tail()}",
                    rule,
                )
            if time.monotonic() > deadline:
                raise Broken(
                    f"waited {self.answer_within:g} s for {what}: nothing came; "
                    f"{self.program.log_tail()}",
                    rule,
                )

    def _introduce(self, channel: Channel) -> None:
        if not channel.lines:
            if channel.at_end:
                self._newcomers.remove(channel)
            return
        line = channel.lines.pop(0)
        hello = self._parse(line, "hello.json")
        self._check_hello(hello, channel)
        self._newcomers.remove(channel)
        name = hello["role"]
        self.peers[name] = Peer(self, name, channel, hello)
        if name == "root":
            self.hello = hello

    def _check_hello(self, hello: Message, channel: Channel) -> None:
        shown = shorten(hello)
        if "hello" not in hello:
            raise Broken(
                f"the first line of a connection must be its hello, not {shown}", "hello.first"
            )
        if hello["hello"] != 1:
            raise Broken(f"hello must be 1, the protocol's version, in {shown}", "hello.version")
        expected = "root" if not self.peers else None
        role = hello.get("role")
        if (expected and role != expected) or (not expected and role in self.peers):
            wanted = expected or "a name not taken yet"
            raise Broken(f"role must be {wanted} in {shown}", "hello.role")
        problem = self._schemas.problem("hello", hello)
        if problem:
            raise Broken(f"{problem}, in {shown}", "hello.fields")
        if hello["pid"] != channel.peer_pid:
            raise Broken(
                f"pid is {hello['pid']}, but the process that connected is " f"{channel.peer_pid}",
                "hello.pid",
            )

    # Lines.

    def _parse(self, line: bytes, rule: str) -> Message:
        try:
            message = json.loads(line.decode())
        except ValueError as error:
            raise Broken(
                f"a line must be one JSON object in UTF-8 ({error}): "
                f"{shorten(line.decode(errors='replace'))}",
                rule,
            ) from None
        if not isinstance(message, dict):
            raise Broken(f"a line must be a JSON object, not {shorten(message)}", rule)
        return message

    def _take_lines(self, peer: Peer) -> None:
        lines, peer.channel.lines = peer.channel.lines, []
        for line in lines:
            try:
                self._take(peer, line)
            except Broken as broken:
                self._violated(broken.rule or "message.fields", f"{peer.name}: {broken}")

    def _take(self, peer: Peer, line: bytes) -> None:
        if len(line) >= LONGEST_LINE:
            raise Broken(
                f"a line of {len(line) + 1} bytes, at most {LONGEST_LINE} are allowed",
                "message.length",
            )
        message = self._parse(line, "message.json")
        kind = kind_of(message)
        if kind == "hello":
            raise Broken(f"a second hello on one connection: {shorten(message)}", "hello.once")
        call = self._call_of(peer, kind, message)
        problem = self._schemas.problem(kind, message)
        if problem:
            self._violated("message.fields", f"{peer.name}: {problem}, in {shorten(message)}")
        if call is None:
            peer.refusals.append(message)
        elif kind == "answer":
            self._take_answer(call, message)
        elif kind == "began":
            self._take_began(call, message)
        else:
            self._take_event(call, message)

    def _call_of(self, peer: Peer, kind: str, message: Message) -> Call | None:
        number = message.get("id" if kind == "answer" else kind, "missing")
        if kind == "answer" and number is None:
            return None
        call = peer.calls.get(number) if isinstance(number, (int, float)) else None
        if call is None:
            raise Broken(
                f"no request with this id was sent on this connection: {shorten(message)}",
                "answer.id",
            )
        return call

    def _take_answer(self, call: Call, answer: Message) -> None:
        if call.answer is not None:
            raise Broken(
                f"{call} was answered twice: {shorten(call.answer)} and {shorten(answer)}",
                "answer.once",
            )
        call.answer = answer
        call.messages.append(answer)
        self._check_times(call, answer)

    def _take_began(self, call: Call, began: Message) -> None:
        if not call.request.get("began"):
            raise Broken(f"began was not asked for: {call}", "began.only-when-asked")
        if call.answer is not None:
            raise Broken(f"began came after the answer: {call}", "began.before-the-call")
        call.began.append(began)
        call.messages.append(began)

    def _take_event(self, call: Call, event: Message) -> None:
        if call.request["do"] != "run" or call.answer is not None:
            raise Broken(
                f"an event, and no list with this id is running: {shorten(event)}", "run.events"
            )
        call.events.append(event)
        call.messages.append(event)
        self._check_times(call, event)

    def _check_times(self, call: Call, message: Message) -> None:
        invoked, returned = message.get("invoked"), message.get("returned")
        if invoked is None or returned is None:
            return
        if not call.sent <= invoked <= returned <= time.monotonic_ns():
            raise Broken(
                f"invoked {invoked} and returned {returned} must be in order, between the request "
                f"({call.sent}) and now, on CLOCK_MONOTONIC in nanoseconds: {call}",
                "answer.times",
            )
        for began in call.began[-1:]:
            if began.get("index") == message.get("index") and began["at"] > invoked:
                raise Broken(
                    f"began at {began['at']}, after the call's beginning at {invoked}",
                    "began.before-the-call",
                )

    # The end.

    def _died(self, peer: Peer) -> NoReturn:
        status = self.program.status() if peer.name == "root" else None
        shown = "" if status is None else f" with status {status}"
        raise Broken(
            f"{peer.name} ended{shown} without being asked to; {self.program.log_tail()}",
            "process.stays",
        )

    def _take_the_rest(self) -> None:
        """Hang up and read to the end: surplus messages show up only now."""
        for peer in self.peers.values():
            peer.channel.hang_up()
        deadline = time.monotonic() + 1
        try:
            while time.monotonic() < deadline:
                if all(peer.channel.at_end or peer.dead for peer in self.peers.values()):
                    break
                self.pump(0.05)
            self.pump(0)
        except Broken as broken:
            self._violated(broken.rule or "message.fields", str(broken))

    def _stop(self) -> None:
        for channel in [peer.channel for peer in self.peers.values()] + self._newcomers:
            channel.close()
        for peer in self.peers.values():
            peer.kill()
        self.program.stop()
