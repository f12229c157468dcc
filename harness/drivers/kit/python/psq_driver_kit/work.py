"""Carries out one request on the thread that it names."""

from __future__ import annotations

import contextlib
import threading
from typing import Any, Dict, List, Mapping, Optional, Tuple

from . import at_exit, runs
from .adapter import NO_VALUE, Adapter, BadRequest, Call, Unsupported, object_names
from .arguments import Declared, boolean, integer, number, operation_arguments, text
from .calls import make, now, refusal, report
from .registry import Entry, Registry
from .threads import MAIN, end_for_a_bug
from .wire import Wire

Fields = Dict[str, Any]
DROP_PROCESS = "drop_process"
OF_CHILDREN = ("join_process", "exit_code", "terminate", "kill", DROP_PROCESS)
OF_DELIVERIES = ("ack", "nack", "reject", "extend")
END_THREAD = "end_thread"
WAYS_TO_END = ("return", "exit", "exit_now", "raise")


class Worker:
    """Does requests; stateless but for what it refers to.  Any thread may call it."""

    def __init__(
        self,
        adapter: Adapter,
        registry: Registry,
        wire: Wire,
        declared: Declared,
        socket_path: str,
        is_root: bool,
    ) -> None:
        self._adapter = adapter
        self._registry = registry
        self._wire = wire
        self._declared = declared
        self._socket_path = socket_path
        self._is_root = is_root

    def refuse(self, request: Any, problem: BadRequest) -> None:
        """Answer a request that cannot be handed to any thread."""
        found = request.get("id") if isinstance(request, dict) else None
        usable = isinstance(found, (int, float)) and not isinstance(found, bool)
        self._answer({"id": found if usable else None}, refusal("bad_request", problem))

    def work(self, request: Mapping[str, Any]) -> Optional[Mapping[str, Any]]:
        """Do a request and answer it.  Returns it when its thread shall end, else None."""
        try:
            return self._work(request)
        except Exception:
            end_for_a_bug()

    def _work(self, request: Mapping[str, Any]) -> Optional[Mapping[str, Any]]:
        do = request["do"]
        try:
            if do == "end":
                return self._end(request)
            if do == END_THREAD:
                return self._end_thread(request)
            if do == "run" and self._postponed(request):
                return None
            if do == "run":
                fields = self._run(request)
            elif do in ("create", "spawn", "drop", DROP_PROCESS):
                with self._registry.lock:
                    fields = getattr(self, "_" + do)(request)
            else:
                fields = self._operate(request, _began(request))
        except BadRequest as problem:
            fields = refusal("bad_request", problem)
        except Unsupported as problem:
            fields = refusal("unsupported", problem)
        self._answer(request, fields)
        return None

    def _answer(self, request: Mapping[str, Any], fields: Fields) -> None:
        self._wire.send({"id": request["id"], **fields})

    def _make(self, kind: str, do: str, call: Call, began: Optional[Fields]) -> Fields:
        self._announce(began)
        made = make(call)
        return report(call, made, lambda error: self._adapter.outcome(kind, do, error))

    def _announce(self, began: Optional[Fields]) -> None:
        if began is not None:
            self._wire.send({**began, "tid": threading.get_native_id(), "at": now()})

    # What is done to the process.

    def _create(self, request: Mapping[str, Any]) -> Fields:
        kind = text(request.get("type"), "type")
        element = "connection" if kind == "pipe" else kind
        if not self._declared.operations.get(element) or kind in ("connection", "process"):
            raise Unsupported(f"objects of type {kind!r} are not declared")
        names = object_names(request.get("names"), 2 if kind == "pipe" else 1)
        self._registry.need_new(names)
        call = self._adapter.create(kind, self._create_arguments(kind, request))

        def register(targets: Any) -> Any:
            for name, target in zip(names, targets):
                self._registry.add(name, element, target)
            return NO_VALUE

        return self._make(element, "create", Call(call.invoke, register), _began(request))

    def _create_arguments(self, kind: str, request: Mapping[str, Any]) -> Fields:
        found: Fields = {}
        if kind == "pipe" and "duplex" in request:
            found["duplex"] = boolean(request["duplex"], "duplex")
        if kind in ("queue", "joinable_queue") and "maxsize" in request:
            found["maxsize"] = number(request["maxsize"], "maxsize")
        if kind in ("queue", "joinable_queue"):
            self._declared.need_bound(found.get("maxsize", 0))
        if kind == "broker_queue":
            found.update(self._broker_arguments(request))
        if kind == "joinable_queue" and "unfinished" in request:
            self._declared.need_option("preset_unfinished")
            found["unfinished"] = integer(request["unfinished"], "unfinished", least=0)
        return found

    def _broker_arguments(self, request: Mapping[str, Any]) -> Fields:
        """Each field has an option of its name."""
        found: Fields = {}
        for name in ("visibility", "prefetch", "patience"):
            if name in request:
                self._declared.need_option(name)
                found[name] = (
                    integer(request[name], name, least=1)
                    if name == "prefetch"
                    else number(request[name], name)
                )
        return found

    def _spawn(self, request: Mapping[str, Any]) -> Fields:
        self._declared.need_operation("process", "spawn")
        name = text(request.get("name"), "name")
        if name == "root" or name in self._registry.children:
            raise BadRequest(f"there is a process {name!r} already: give each child its own name")
        objects = request.get("objects")
        if not isinstance(objects, list):
            raise BadRequest("objects must be a list of the names that the child is given")
        daemon = boolean(request.get("daemon", False), "daemon")
        given = self._registry.given(objects)
        call = self._adapter.spawn(name, self._socket_path, given, daemon)

        def register(handle: Any) -> Any:
            self._registry.children[name] = handle
            return handle.pid

        return self._make("process", "spawn", Call(call.invoke, register), _began(request))

    def _drop(self, request: Mapping[str, Any]) -> Fields:
        name: Any = request.get("on")
        kind = self._registry.find(name).kind
        return self._make(kind, "drop", Call(lambda: self._registry.drop(name)), _began(request))

    def _drop_process(self, request: Mapping[str, Any]) -> Fields:
        self._declared.need_operation("process", DROP_PROCESS)
        name: Any = request.get("on")
        self._registry.child(name)
        forget = Call(lambda: self._registry.drop_child(name))
        return self._make("process", DROP_PROCESS, forget, _began(request))

    def _postponed(self, request: Mapping[str, Any]) -> bool:
        """Whether the list is for the end of the process; then it will be done there."""
        moments = [
            when
            for when in (at_exit.BEFORE, at_exit.AFTER)
            if boolean(request.get(when, False), when)
        ]
        for when in moments:
            self._declared.need_option(when)
        if not moments:
            return False
        if len(moments) > 1 or request.get("thread", MAIN) != MAIN or not self._is_root:
            raise BadRequest("a list for the end of the process is done once, on the root's main")
        now_one = {name: value for name, value in request.items() if name not in moments}
        at_exit.add(moments[0], lambda: self.work(now_one))
        return True

    def _run(self, request: Mapping[str, Any]) -> Fields:
        run = runs.Run.of(request)
        # A list that makes no sense is refused before anything of it is done.
        for step in run.steps:
            if step.pause is None:
                self._check(step.request)
        number_of_run, with_began = request["id"], request.get("began", False)

        def operate(index: int, operation: Mapping[str, Any]) -> Fields:
            began = {"began": number_of_run, "index": index} if with_began else None
            try:
                fields = self._operate(operation, began)
            except BadRequest as problem:
                fields = refusal("bad_request", problem)
            except Unsupported as problem:
                fields = refusal("unsupported", problem)
            self._wire.send({"event": number_of_run, "index": index, **fields})
            return fields

        invoked = now()
        done = runs.perform(run, operate)
        return {"outcome": "ok", "value": done, "invoked": invoked, "returned": now()}

    def _end(self, request: Mapping[str, Any]) -> Optional[Mapping[str, Any]]:
        how = request.get("how")
        if how not in WAYS_TO_END:
            raise BadRequest(f"end needs how, one of {', '.join(WAYS_TO_END)}")
        if request.get("thread", MAIN) != MAIN:
            raise BadRequest("end can be done on the thread main only")
        if how in ("exit", "exit_now"):
            integer(request.get("status"), "status", 0, 255)
        return self._answered(request)

    def _end_thread(self, request: Mapping[str, Any]) -> Optional[Mapping[str, Any]]:
        self._declared.need_operation("process", END_THREAD)
        if request.get("thread", MAIN) == MAIN:
            raise BadRequest("end_thread cannot be done on the thread main: end it by end")
        return self._answered(request)

    def _answered(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer what comes before an end, and return it."""
        self._announce(_began(request))
        time = now()
        self._answer(request, {"outcome": "ok", "invoked": time, "returned": time})
        return request

    # What is done to a child or an object.

    def _operate(self, request: Mapping[str, Any], began: Optional[Fields]) -> Fields:
        do = request["do"]
        if do in OF_CHILDREN:
            self._declared.need_operation("process", do)
            handle = self._registry.child(request.get("on"))
            arguments = operation_arguments(request, "process", self._declared)
            call = self._adapter.process_operation(handle, do, arguments)
            return self._make("process", do, call, began)
        names, entries, arguments = self._check(request)
        self._registry.note_use(names)
        try:
            kind = entries[0].kind if entries else "connection"
            target = None if do == "wait" else entries[0].target
            if do == "wait":
                arguments["of"] = [(name, entry.target) for name, entry in zip(names, entries)]
            if do == "send_connection":
                arguments["connection"] = entries[1].target
            if do == "recv_connection":
                return self._receive(target, request, arguments, began)
            if do == "receive":
                return self._receive_delivery(target, request, arguments, began)
            if do in OF_DELIVERIES:
                arguments["delivery"] = self._registry.delivery(request.get("delivery"))
            call = self._adapter.operation(kind, target, do, arguments)
            return self._make(kind, do, call, began)
        finally:
            self._registry.note_use(())

    def _receive(
        self, carrier: Any, request: Mapping[str, Any], arguments: Fields, began: Optional[Fields]
    ) -> Fields:
        """Do a recv_connection: what it obtains becomes an object of this process."""
        do, name = request["do"], text(request.get("as"), "as")
        self._registry.need_new([name])
        held: List[bool] = []
        with contextlib.ExitStack() as stack:

            def hold_still() -> None:
                if not held:
                    held.append(stack.enter_context(self._registry.lock))

            def register(received: Any) -> Any:
                hold_still()
                self._registry.need_new([name])  # another thread may have taken it meanwhile
                self._registry.add(name, "connection", received)
                return NO_VALUE

            arguments["hold_still"] = hold_still
            call = self._adapter.operation("connection", carrier, do, arguments)
            fields = self._make("connection", do, Call(call.invoke, register), began)
        return fields

    def _receive_delivery(
        self, target: Any, request: Mapping[str, Any], arguments: Fields, began: Optional[Fields]
    ) -> Fields:
        """Do a receive: the delivery becomes known to this process by its name."""
        name = text(request.get("as"), "as")
        call = self._adapter.operation("broker_queue", target, "receive", arguments)

        def register(delivery: Any) -> Any:
            self._registry.deliveries[name] = delivery
            return call.value(delivery)

        return self._make("broker_queue", "receive", Call(call.invoke, register), began)

    def _check(self, request: Mapping[str, Any]) -> Tuple[Tuple[str, ...], List[Entry], Fields]:
        """The objects of an operation, by name and themselves, and its arguments."""
        do = request["do"]
        if not any(do in names for names in self._declared.operations.values()):
            raise Unsupported(f"{do!r} is not declared for any type")
        names = _names(request)
        entries = [self._registry.find(name) for name in names]
        for entry in entries[:1] if do == "send_connection" else entries:
            self._declared.need_operation(entry.kind, do)
        if do == "send_connection" and entries[1].kind != "connection":
            raise BadRequest(
                f"{names[1]!r} is a {entries[1].kind}: send_connection sends connections"
            )
        kind = entries[0].kind if entries else "connection"
        return names, entries, operation_arguments(request, kind, self._declared)


def _began(request: Mapping[str, Any]) -> Optional[Fields]:
    return {"began": request["id"]} if request.get("began") else None


def _names(request: Mapping[str, Any]) -> Tuple[Any, ...]:
    """The objects that the operation is done to."""
    if request["do"] == "send_connection":
        return (text(request.get("on"), "on"), text(request.get("connection"), "connection"))
    if request["do"] != "wait":
        return (text(request.get("on"), "on"),)
    names = request.get("of")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BadRequest("wait needs of, a list of names of connections")
    return tuple(names)
