"""Prepares calls on the queues of one broker; processes and items are those of multiprocessing."""

from __future__ import annotations

import os
import queue
import threading
from functools import partial
from typing import Any, Dict, Iterable, Mapping, Optional, Tuple

import keeper
from broker import Broker
from brokers import load
from delivery import ConnectionLost, Delivery, NotHeld
from mp_adapter import MultiprocessingAdapter
from psq_driver_kit import Call, Defect, Given, Outcome, serve
from server import ServerFailed

# Of the Python driver's: the rest is about what queues of multiprocessing do in their processes.
_OPTIONS = (
    "json",
    "item.fail_serialize",
    "item.fail_deserialize",
    "item.slow_serialize",
    "item.slow_deserialize",
    "item.same",
    "signal_handler",
)
_OUTCOMES = ((NotHeld, "not_held"), (ConnectionLost, "connection_lost"), (queue.Full, "full"))
# As which their errors are told apart.
_LIKE = {"publish": "put", "receive": "get"}


def run_broker_child(name: str, folder: str, role: str, socket_path: str, given: Given) -> None:
    """What a child runs on its main thread."""
    serve(BrokerAdapter(load(name), folder), role=role, socket_path=socket_path, objects=given)


class BrokerAdapter(MultiprocessingAdapter):
    """One process of the driver of one broker.

    Without a folder it starts the server, with one it uses the server of that folder.
    Raises ServerFailed when the server does not serve within so many seconds.
    """

    def __init__(
        self,
        broker: Broker,
        folder: Optional[str] = None,
        within: Optional[float] = None,
    ) -> None:
        self._broker = broker
        # The server's keeper is a fork of this process, which has no connection yet.
        if folder is None:
            self._folder, self._keeper = keeper.start(self._broker.server, within)
        else:
            self._folder, self._keeper = folder, keeper.connect(folder)
        super().__init__("multiprocessing", "fork")
        self._asking = threading.Lock()
        self._client = self._broker.client(self._folder)
        # A child begins also while the server is not there.
        self._version = os.path.join(self._folder, "version")
        if folder is None:
            with open(self._version, "w", encoding="utf-8") as file:
                file.write(self._broker.version(self._client))

    def hello(self) -> Mapping[str, Any]:
        hello: Dict[str, Any] = dict(super().hello())
        capabilities = hello["capabilities"]
        with open(self._version, encoding="utf-8") as file:
            version = file.read()
        return {
            **hello,
            "implementation": f"broker-{self._broker.name}",
            "version": version,
            "profiles": list(self._broker.profiles),
            "capabilities": {
                "operations": {
                    **self._broker.operations,
                    "process": capabilities["operations"]["process"],
                },
                "options": [
                    *(each for each in capabilities["options"] if each in _OPTIONS),
                    *self._broker.options,
                ],
                "bounds": list(self._broker.bounds),
            },
            "limits": {"item_bytes": hello["limits"]["item_bytes"]},
        }

    def create(self, kind: str, arguments: Mapping[str, Any]) -> Call:
        make = partial(self._broker.types[kind], self._client, **arguments)
        return Call(lambda: [make()])

    def outcome(self, kind: str, do: str, error: BaseException) -> Outcome:
        if kind == "broker_queue":
            for known, name in _OUTCOMES:
                if isinstance(error, known):
                    return Outcome(name)
        return super().outcome(kind, _LIKE.get(do, do), error)

    # Operations on queues with deliveries.

    def _publish(self, kind: str, target: Any, arguments: Dict[str, Any]) -> Call:
        return Call(partial(target.publish, self._payload(arguments["payload"])))

    def _receive(self, kind: str, target: Any, arguments: Dict[str, Any]) -> Call:
        def value(delivery: Delivery) -> Dict[str, Any]:
            return {**self._value(delivery.value), "count": delivery.count}

        return Call(partial(target.receive, **arguments), value)

    def _ready(self, kind: str, target: Any, arguments: Dict[str, Any]) -> Call:
        return Call(partial(target.ready), int)

    def _dead_letters(self, kind: str, target: Any, arguments: Dict[str, Any]) -> Call:
        return Call(partial(target.dead_letters), int)

    def _stop_server(self, kind: str, target: Any, arguments: Dict[str, Any]) -> Call:
        orderly = arguments.get("orderly", True)
        return Call(partial(self._ask_keeper, "stop", "SIGTERM" if orderly else "SIGKILL"))

    def _start_server(self, kind: str, target: Any, arguments: Dict[str, Any]) -> Call:
        return Call(partial(self._ask_keeper, "start"), lambda answer: answer["pid"])

    def _freeze_server(self, kind: str, target: Any, arguments: Dict[str, Any]) -> Call:
        number = "SIGSTOP" if arguments["frozen"] else "SIGCONT"
        return Call(partial(self._ask_keeper, "signal", number))

    def _fill_server(self, kind: str, target: Any, arguments: Dict[str, Any]) -> Call:
        assert self._broker.fill is not None, "it is not declared otherwise"
        return Call(partial(self._broker.fill, self._client, arguments["full"]))

    def operation(self, kind: str, target: Any, do: str, arguments: Mapping[str, Any]) -> Call:
        if "delivery" in arguments:
            return Call(partial(getattr(target, do), arguments["delivery"]))
        return super().operation(kind, target, do, arguments)

    def _ask_keeper(self, do: str, signal: str = "") -> Dict[str, Any]:
        try:
            with self._asking:
                return keeper.ask(self._keeper, do=do, signal=signal)
        except ServerFailed as error:
            raise Defect(str(error)) from error

    def child(self) -> Tuple[Any, Tuple[Any, ...]]:
        return run_broker_child, (self._broker.name, self._folder)

    def descriptors(self, kind: str, target: Any) -> Iterable[int]:
        return ()  # a queue is a name; the connections are the process's

    def abandon(self, kind: str, target: Any) -> None:
        """Dropping a queue has no effect that another process could see."""
