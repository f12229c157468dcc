"""One run of a driver: its processes, their messages, and the rules that every message keeps."""

from __future__ import annotations

import select
import time
from typing import Any, Callable, Mapping, NoReturn, Sequence

from psq.controller.channel import Channel, Program
from psq.controller.incoming import Incoming
from psq.controller.messages import Schemas
from psq.controller.peer import Broken, Message, Peer


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
        self._incoming = Incoming(schemas, violated)
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
        self.program.bound_log()
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
            self._incoming.take_lines(peer)

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
        hello = self._incoming.parse(line, "hello.json")
        self._incoming.refuse_defect(hello)
        self._incoming.check_hello(hello, channel.peer_pid, self.peers)
        self._newcomers.remove(channel)
        name = hello["role"]
        self.peers[name] = Peer(self, name, channel, hello)
        if name == "root":
            self.hello = hello

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
