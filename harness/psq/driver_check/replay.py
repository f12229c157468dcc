"""Plays a recorded conversation against a driver, and finds the first answer that is another."""

from __future__ import annotations

import json
import select
import time
from typing import Any, Sequence

from psq.controller.channel import Channel, Program
from psq.controller.messages import kind_of, shorten
from psq.driver_check.transcript import Conversation, Step

# What no two runs have in common.
_OF_THE_RUN = ("pid", "tid", "at", "invoked", "returned")


class Differs(Exception):
    """The driver did something else than in the recording."""


class Replay:
    """One run of the driver. A context manager: leaving it ends what is left of the driver."""

    def __init__(self, command: Sequence[str], wait: float) -> None:
        self._program = Program(command, {})
        self._wait = wait
        self._newcomers: list[Channel] = []
        self._channels: dict[str, Channel] = {}
        self._spawned: set[Any] = set()
        self._unmatched: dict[str, list[bytes]] = {}

    def __enter__(self) -> Replay:
        return self

    def __exit__(self, *_: object) -> None:
        for channel in [*self._channels.values(), *self._newcomers]:
            channel.close()
        self._program.stop()

    def play(self, conversation: Conversation) -> None:
        """Raises Differs at the first difference."""
        for step in conversation.steps:
            if step.what == "from":
                self._compare(step)
                continue
            self._until(lambda: step.process in self._channels, f"the hello of {step.process}")
            if step.what == "hang_up":
                self._channels[step.process].hang_up()
            else:
                self._send(step)

    def _send(self, step: Step) -> None:
        for line in step.data.split(b"\n"):
            request = _parsed(line)
            if isinstance(request, dict) and request.get("do") == "spawn":
                self._spawned.add(request.get("id"))
        try:
            self._channels[step.process].send(step.data, self._wait)
        except OSError as error:
            raise Differs(f"{step.process} no longer reads: {error}") from error

    def _compare(self, step: Step) -> None:
        wanted = self._plain(step.data)
        key = _key(_parsed(step.data))
        found: list[bytes] = []

        def came() -> bool:
            lines = self._unmatched.get(step.process, [])
            found.extend(line for line in lines if not found and _key(_parsed(line)) == key)
            return bool(found)

        self._until(came, f"from {step.process}: {shorten(step.data.decode(errors='replace'))}")
        self._unmatched[step.process].remove(found[0])
        if self._plain(found[0]) != wanted:
            raise Differs(
                f"{step.process} answered another message\n"
                f"  recorded: {shorten(step.data.decode(errors='replace'))}\n"
                f"  now:      {shorten(found[0].decode(errors='replace'))}"
            )

    def _plain(self, line: bytes) -> Any:
        """The message without what is of its run alone."""
        message = _parsed(line)
        if not isinstance(message, dict):
            return message
        plain = {key: value for key, value in message.items() if key not in _OF_THE_RUN}
        if message.get("id") in self._spawned and isinstance(message.get("value"), int):
            plain["value"] = "a pid"
        if isinstance(plain.get("error"), dict):
            plain["error"] = plain["error"].get("type")
        return plain

    def _until(self, done: Any, what: str) -> None:
        deadline = time.monotonic() + self._wait
        while not done():
            ended = self._program.status() is not None and not self._open()
            if time.monotonic() > deadline or ended:
                raise Differs(f"this did not come: {what}; {self._program.log_tail()}")
            self._pump()

    def _open(self) -> list[Channel]:
        channels = [*self._channels.values(), *self._newcomers]
        return [channel for channel in channels if not channel.at_end]

    def _pump(self) -> None:
        ready = select.select([self._program.listener, *self._open()], [], [], 0.05)[0]
        for one in ready:
            if isinstance(one, Channel):
                one.receive()
            else:
                self._newcomers.append(Channel(one.accept()[0]))
        for channel in [each for each in self._newcomers if each.lines]:
            self._newcomers.remove(channel)
            hello = _parsed(channel.lines[0])
            role = hello.get("role") if isinstance(hello, dict) else None
            self._channels[str(role)] = channel
        for name, channel in self._channels.items():
            self._unmatched.setdefault(name, []).extend(channel.lines)
            channel.lines = []


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return line


def _key(message: Any) -> Any:
    """What says which message of a process this is; a refusal without an id is known by its order."""
    if not isinstance(message, dict):
        return "no message"
    kind = kind_of(message)
    number = message.get("id" if kind == "answer" else kind)
    return kind, number if kind != "hello" else None, message.get("index")
