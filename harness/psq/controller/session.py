"""One run of a driver: its processes, their messages, and the rules that every message keeps."""

from __future__ import annotations

import select
import time
from typing import Any, Callable, Mapping, NoReturn, Sequence

from psq.controller.channel import Channel, Program
from psq.controller.incoming import Incoming
from psq.controller.messages import Schemas
from psq.controller.peer import Broken, Message, Peer, Recorder, Silent
from psq.controller.proc import has_ended

# After such a message no answer can be told from nonsense.
_NO_CONVERSATION = ("message.json", "message.length", "answer.id")


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
        record: Recorder = lambda *_: None,
    ) -> None:
        self.answer_within = answer_within
        self.record = record
        self.program = Program(command, environment)
        self.peers: dict[str, Peer] = {}
        self._newcomers: list[Channel] = []
        self._violated = violated
        self._incoming = Incoming(schemas, self._note, record)
        self._cause: Broken | None = None
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
                raise Silent(
                    f"waited {self.answer_within:g} s for {what}: nothing came; "
                    f"{self.program.log_tail()}"
                )
            if self._cause is not None:
                raise self._cause
            self._expect_alive(done, whose)
            self.pump(min(left, 0.25))

    def _expect_alive(self, done: Callable[[], bool], whose: Peer | None) -> None:
        for peer in filter(None, (whose, self.peers.get("root"))):
            if peer.dead and not peer.may_end:
                self.pump(0.05)
                if not done():
                    self._died(peer)

    def expect_peer(self, name: str, pid: Any = None) -> Peer:
        """The process of that name, once it has said hello; with its pid its death is seen at once."""

        def came() -> bool:
            if name not in self.peers and isinstance(pid, int) and has_ended(pid):
                self.pump(0.5)
                if name not in self.peers:
                    raise Broken(
                        f"{name} ({pid}) ended before its hello; {self.program.log_tail()}",
                        "process.stays",
                    )
            return name in self.peers

        self.wait(came, f"the hello of {name}")
        return self.peers[name]

    def _note(self, rule: str, problem: str) -> None:
        if rule in _NO_CONVERSATION and self._cause is None:
            self._cause = Broken(problem, rule)
        self._violated(rule, problem)

    def spawn(self, parent: Peer, name: str, objects: Sequence[str] = (), **fields: Any) -> Peer:
        """Spawn a child and wait for its hello; its pid must be the one that was answered."""
        pid = parent.value("spawn", name=name, objects=list(objects), **fields)
        child = self.expect_peer(name, pid)
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
        alive = {peer.pidfd: peer for peer in self.peers.values() if not peer.seen_dead}
        alive.pop(None, None)
        ready = select.select([self.program.listener, *open_ones, *alive], [], [], seconds)[0]
        for one in ready:
            if isinstance(one, Channel):
                one.receive()
            elif isinstance(one, int):
                alive[one].seen_dead = True
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
                raise Silent(
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
        self.record("from", name, line)
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
