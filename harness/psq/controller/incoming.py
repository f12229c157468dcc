"""The messages of a driver: each goes to its call, and must keep the rules for all messages."""

from __future__ import annotations

import json
import time
from typing import Callable, Collection

from psq.controller.messages import LONGEST_LINE, Schemas, kind_of, shorten
from psq.controller.peer import Broken, Call, Message, Peer, Recorder


class Incoming:
    """``violated`` is called for each message that breaks a rule, with the rule and the problem."""

    def __init__(
        self, schemas: Schemas, violated: Callable[[str, str], None], record: Recorder
    ) -> None:
        self._schemas = schemas
        self._record = record
        self._violated = violated

    def parse(self, line: bytes, rule: str) -> Message:
        """The message of a line; raises Broken for this rule when there is none."""
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

    def take_lines(self, peer: Peer) -> None:
        """Take all lines that have come from this process."""
        lines, peer.channel.lines = peer.channel.lines, []
        for line in lines:
            self._record("from", peer.name, line)
            try:
                self._take(peer, line)
            except Broken as broken:
                self._violated(broken.rule or "message.fields", f"{peer.name}: {broken}")

    def _take(self, peer: Peer, line: bytes) -> None:
        if len(line) >= LONGEST_LINE:
            raise Broken(
                f"a line of {LONGEST_LINE + 1} bytes or more, at most {LONGEST_LINE} are allowed",
                "message.length",
            )
        message = self.parse(line, "message.json")
        kind = kind_of(message)
        if kind == "hello":
            raise Broken(f"a second hello on one connection: {shorten(message)}", "hello.once")
        self.refuse_defect(message)
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

    def refuse_defect(self, message: Message) -> None:
        """Raises Broken when the message reports a defect of the driver."""
        if kind_of(message) != "defect":
            return
        problem = self._schemas.problem("defect", message)
        told = problem or f"{message['defect']['type']}: {message['defect']['message']}"
        raise Broken(f"it reports a defect of its own: {shorten(told)}", "defect.none")

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

    def check_hello(self, hello: Message, peer_pid: int, names: Collection[str]) -> None:
        """``names`` are the processes that have said hello before, the root first."""
        shown = shorten(hello)
        if "hello" not in hello:
            raise Broken(
                f"the first line of a connection must be its hello, not {shown}", "hello.first"
            )
        if hello["hello"] != 1:
            raise Broken(f"hello must be 1, the protocol's version, in {shown}", "hello.version")
        expected = "root" if not names else None
        role = hello.get("role")
        if (expected and role != expected) or (not expected and role in names):
            wanted = expected or "a name not taken yet"
            raise Broken(f"role must be {wanted} in {shown}", "hello.role")
        problem = self._schemas.problem("hello", hello)
        if problem:
            raise Broken(f"{problem}, in {shown}", "hello.fields")
        if hello["pid"] != peer_pid:
            raise Broken(
                f"pid is {hello['pid']}, but the process that connected is {peer_pid}",
                "hello.pid",
            )
